import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { findBuildah } from './buildah.ts'
import { findBuildx } from './buildx.ts'
import { findDocker } from './docker.ts'
import { ENGINES, type Engine, type EngineName } from './engine.ts'

/** Looks for one engine. Returns it, or a problem: `no-engine` when it is missing, `engine-unusable` when it cannot build. */
export type FindEngine = (ports: Ports, platforms: readonly string[]) => Promise<Engine | Problem>

const FINDERS: Record<EngineName, FindEngine> = { buildx: findBuildx, docker: findDocker, buildah: findBuildah }

/**
 * Returns the requested engine; with `auto`, the first of buildx, docker and buildah that can build a layout for the
 * platforms.
 * @throws ProblemError `no-engine` when none is installed, `engine-unusable` when one is but cannot build
 */
export async function findEngine(
  ports: Ports,
  wanted: EngineName | 'auto',
  platforms: readonly string[],
): Promise<Engine> {
  const problems: Problem[] = []
  for (const name of wanted === 'auto' ? ENGINES : [wanted]) {
    const found = await FINDERS[name](ports, platforms)
    if ('build' in found) {
      ports.log.debug(`Building images with ${found.name} ${found.version}.`)
      return found
    }
    problems.push(found)
  }
  // An installed engine that does not work is easier to fix than a missing one.
  const problem = problems.find((each) => each.code === 'engine-unusable') ?? (wanted === 'auto' ? NONE : problems[0])
  throw new ProblemError(problem as Problem)
}

const NONE = error(
  'no-engine',
  'Neither docker (with or without buildx) nor buildah is on PATH, so no image can be built.',
  'Install Docker (on a self-hosted runner: docker/setup-docker-action) or buildah, or leave the image out.',
)
