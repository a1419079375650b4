import type { Artifact } from '@slipway/core/artifact'
import { few } from '@slipway/core/counted'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import { ask, guarded, PUBLIC_PATIENCE, pauseOf } from '@slipway/core/patience'
import type { Plan, PlannedPackage } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { sameVersion } from '@slipway/core/python/version'
import { endpointsOf } from '@slipway/registries/endpoints'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { versionOf } from '@slipway/registries/pypi/file-version'
import { MAX_INDEX_LAG_MS } from '../limits.ts'

/**
 * Waits until PyPI lists the Python packages of a release: every known file of them or, if none is known, any.
 * @param built the known files of the release
 * @throws ProblemError `image-before-release` when PyPI does not list them soon
 */
export async function requireOnPyPI(ports: Ports, plan: Plan, built: readonly Artifact[]): Promise<void> {
  const { clock, log } = ports
  const client = new PyPIClient(ports, { ...endpointsOf(ports.env).pypi, username: '', token: null })
  const missing = async () =>
    (await Promise.all(publishedPackages(plan).map((each) => missingOf(client, ports, each, built)))).flat()
  const start = clock.now()
  for (let attempt = 1; ; attempt++) {
    const names = await missing()
    if (names.length === 0) return
    if (clock.now() - start >= MAX_INDEX_LAG_MS) throw new ProblemError(beforeRelease(names))
    log.info(`Waiting until PyPI lists ${few(names)}`)
    await clock.sleep(pauseOf(PUBLIC_PATIENCE, attempt))
  }
}

/** Returns the names of the files of a package that PyPI does not list; the package's own if none of its files is known. */
async function missingOf(
  client: PyPIClient,
  ports: Ports,
  { name, version }: PlannedPackage,
  built: readonly Artifact[],
): Promise<string[]> {
  const project = normalizeName(name)
  const remote = { name: 'pypi', target: 'PyPI' }
  const list = () => ask(() => client.files(project), { ...ports, patience: PUBLIC_PATIENCE })
  const listed = (await guarded(remote, `list the files of ${name}`, list)).map((each) => each.filename)
  const known = built.filter(
    (each) => (each.kind === 'wheel' || each.kind === 'sdist') && normalizeName(each.project) === project,
  )
  if (known.length > 0) return known.map((each) => each.filename).filter((each) => !listed.includes(each))
  return listed.some((each) => sameVersion(versionOf(each, name) ?? '', version)) ? [] : [`${name} ${version}`]
}

function beforeRelease(names: readonly string[]) {
  const message = `PyPI does not list ${few(names)}, so an image that installs the release cannot be built yet.`
  const hint = 'Run push-image after publish-pypi, in the same job or in one that needs its job.'
  return error('image-before-release', message, hint)
}
