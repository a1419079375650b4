import { MAX_PYPI_PROJECT_BYTES } from '@slipway/core/limits'
import { normalizeName } from '@slipway/core/name'
import { artifactOf, publishedPackages } from '@slipway/core/overview'
import type { Destination, PlannedPackage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/python/version'
import {
  after,
  answer,
  type ChannelLogin,
  type Findings,
  type Inquiry,
  joined,
  loginFields,
  stableOf,
  text,
  whereVersion,
} from '../inquiry.ts'
import { MAX_RELEASE_AGE_DAYS } from '../limits.ts'
import { type IndexedFile, PyPIClient } from './client.ts'
import { lostWheels } from './coverage.ts'
import { versionOf } from './file-version.ts'
import { lastRelease } from './last-release.ts'

/** A package index to query. */
interface Index {
  name: 'PyPI' | 'Test PyPI'
  simple: string
  login: ChannelLogin | null
}

const DAY = 86_400_000

/**
 * Reports the day on which an incomplete release closes. It is no error, since the release may have all intended files.
 * Without a given tag, nobody is completing it.
 */
function incomplete(
  { name, version }: PlannedPackage,
  files: readonly IndexedFile[],
  index: Index,
  inquiry: Inquiry,
): Problem[] {
  const expected = inquiry.plan.matrix.filter((each) => each.package === name).length
  const wheels = files.filter((each) => each.filename.endsWith('.whl')).length
  const times = files.map((each) => Date.parse(each.uploaded ?? '')).filter((each) => !Number.isNaN(each))
  if (!inquiry.isTagged || wheels >= expected || times.length === 0) return []
  const end = Math.min(...times) + MAX_RELEASE_AGE_DAYS * DAY
  const day = new Date(end).toISOString().slice(0, 10)
  const state = `${index.name} has ${wheels} of ${expected} wheels of ${name} ${version}`
  const isClosed = inquiry.ports.clock.now() > end
  return [
    {
      code: isClosed ? 'package-release-closed' : 'package-release-closes',
      severity: isClosed ? 'warning' : 'notice',
      message: isClosed
        ? `${state}, and accepts no more since ${day}: a release is open for ${MAX_RELEASE_AGE_DAYS} days.`
        : `${state}, and accepts more until ${day}.`,
      hint: isClosed ? 'Release a new version.' : 'Rerun the release before that day; it uploads the missing wheels.',
      ...whereVersion(inquiry),
    },
  ]
}

/** Fraction of the limit above which another release may not fit. */
const NEARLY_FULL = 0.9

/** Warns about a nearly full project. One above the default limit has a raised limit, which PyPI does not reveal. */
function nearlyFull(name: string, files: readonly IndexedFile[], index: Index): Problem[] {
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0)
  if (bytes <= NEARLY_FULL * MAX_PYPI_PROJECT_BYTES || bytes > MAX_PYPI_PROJECT_BYTES) return []
  const [there, limit] = [bytes, MAX_PYPI_PROJECT_BYTES].map((each) => (each / 2 ** 30).toFixed(1))
  const message = `${name} uses ${there} GiB on ${index.name}, where the default limit is ${limit} GiB: uploads fail once it is full, even in the middle of a release.`
  const hint = `Ask for a higher limit, or delete old prereleases; nobody can install those any more.`
  return [warning('package-storage-nearly-full', message, hint)]
}

/** Compares the wheels of the plan with those of the last release. */
function coverage(found: PlannedPackage, files: readonly IndexedFile[], { plan }: Inquiry): Problem[] {
  const last = lastRelease(found.name, found.version, files)
  const jobs = plan.matrix.filter((each) => each.package === found.name)
  if (last === null) return []
  return lostWheels(found, jobs, { version: last.version, filenames: last.files.map((each) => each.filename) })
}

async function findingsOf(found: PlannedPackage, index: Index, inquiry: Inquiry): Promise<Findings> {
  const { name, version } = found
  const { login, simple } = index
  const artifact = artifactOf('Python package', found)
  const to = { publisher: 'pypi', target: index.name, artifact, ...loginFields(login) } as const
  const remote = { simple, upload: '', username: '', token: null }
  const answered = await answer(inquiry, async (ports) => {
    const all = await new PyPIClient(ports, remote).files(normalizeName(name))
    return all.map((each) => ({ ...each, filename: text(each.filename) }))
  })
  if ('reason' in answered) {
    const destination: Destination = { ...to, state: 'unknown', detail: `the query failed: ${answered.reason}` }
    const notChecked = [`Whether ${index.name} has ${name} ${version}: ${answered.reason}.`]
    return { destinations: [destination], problems: [], notChecked, versions: [] }
  }
  const files = answered.value
  const versions = files.map((each) => versionOf(each.filename, name)).filter((each) => each !== null)
  const own = files.filter((each) => versionOf(each.filename, name) === normalizePython(version))
  const first = 'the first visible version there'
  const detail = own.length > 0 ? `${own.length} of its files are there` : after(versions, first)
  return {
    destinations: [{ ...to, state: own.length > 0 ? 'present' : 'absent', detail }],
    problems: [
      ...incomplete(found, own, index, inquiry),
      ...nearlyFull(name, files, index),
      ...(index.name === 'PyPI' ? coverage(found, files, inquiry) : []),
    ],
    notChecked: [],
    // A trial on Test PyPI is not a release.
    versions: index.name === 'PyPI' ? stableOf(versions) : [],
  }
}

/** Queries Test PyPI and PyPI for the plan's Python packages. */
export async function askPyPI(inquiry: Inquiry): Promise<Findings> {
  const { endpoints, credentials } = inquiry
  const { testpypi = null, pypi = null } = credentials.logins
  const indexes: Index[] = [
    { name: 'Test PyPI', simple: endpoints.testpypi.simple, login: testpypi },
    { name: 'PyPI', simple: endpoints.pypi.simple, login: pypi },
  ]
  const packages = publishedPackages(inquiry.plan)
  return joined(await Promise.all(indexes.flatMap((index) => packages.map((each) => findingsOf(each, index, inquiry)))))
}
