import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import { ProblemError } from '@slipway/core/problem'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { controlClient } from '@slipway/sandbox/control'
import type { Engine } from '@slipway/toolchain/engine/engine'
import { imagesOf, type Sources } from './images.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * Returns the images of a copy that install the release from the sandbox's PyPI. Returns a reason instead if one cannot be
 * built and its build never asked that index for the release: an engine in a container or virtual machine cannot reach it,
 * and a Dockerfile may name another index.
 * @throws ProblemError when an image whose build asked for the release cannot be built or does not work
 */
export async function lateImageRehearsal(
  engine: Engine,
  copy: SourceCopy,
  { pypi, control }: Pick<SandboxDescription, 'pypi' | 'control'>,
  sources: Sources,
): Promise<{ images: Artifact[] } | { reason: string }> {
  const { log } = controlClient(control.url)
  const before = (await log()).at(-1)?.n
  try {
    return { images: await imagesOf(engine, copy, 'late-images', { ...sources, index: pypi.simple }) }
  } catch (cause) {
    const pages = publishedPackages(copy.plan).map((each) => `/${normalizeName(each.name)}/`)
    const asked = (await log(before)).filter(({ service, path }) => {
      return service === 'pypi' && pages.some((each) => path.endsWith(each))
    })
    if (!(cause instanceof ProblemError) || asked.length > 0) throw cause
    const why = cause.problems[0]?.message.split('\n', 1)[0] ?? ''
    return { reason: `the build with ${engine.name} did not ask the local PyPI for the release (${why})` }
  }
}
