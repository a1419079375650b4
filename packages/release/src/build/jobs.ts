import { normalizeName } from '@slipway/core/name'
import { builtPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { type Strategy, workflowJobs } from '@slipway/core/strategy'
import { byStrategy } from '@slipway/plan/one-job'
import { buildsHere } from './rehearsed.ts'

/** A part of a build: the packages, targets and Pythons that are built together. Empty lists as in `WheelOptions`. */
export interface BuildPart {
  packages: readonly string[]
  targets?: readonly string[]
  interpreters?: readonly string[]
  sdist: boolean
}

/**
 * Returns the parts of a build on this machine. By the strategy, a package is built for all its planned targets here; the others,
 * and all if targets are named, for those that are named or else this machine's. In a rehearsal, only what runs on this machine.
 */
export async function partsOfBuild(
  ports: Ports,
  dir: string,
  plan: Plan,
  {
    strategy = 'native',
    packages,
    targets = [],
    interpreters = [],
    sdist: wanted,
  }: BuildPart & { strategy?: Strategy | undefined },
): Promise<BuildPart[]> {
  const isChosen = (name: string) =>
    packages.length === 0 || packages.some((each) => normalizeName(each) === normalizeName(name))
  const matrix = targets.length > 0 ? [] : workflowJobs(byStrategy(plan.matrix, plan.packages, strategy))
  const joined = matrix.filter((each) => each.cross && strategy !== 'native' && isChosen(each.package))
  const split = (words: string) => words.split(',').filter(Boolean)
  const parts: BuildPart[] = joined.map(({ package: name, target, interpreter, sdist }) => ({
    ...{ packages: [name], targets: split(target), interpreters: split(interpreter) },
    sdist: sdist && wanted,
  }))
  const others = builtPackages(plan).filter((each) => !joined.some((job) => job.package === each.name))
  const rest = joined.length === 0 ? packages : others.map((each) => each.name).filter(isChosen)
  if (joined.length === 0 || rest.length > 0) parts.push({ packages: rest, targets, interpreters, sdist: wanted })
  const here = await Promise.all(parts.map((each) => buildsHere(ports, dir, each)))
  return parts.flatMap((each, index) => {
    const part = here[index]
    return part ? [{ ...each, ...part }] : []
  })
}
