import { splitCommand } from '@slipway/documents/shell-words'
import { expanded, isUnknown } from '@slipway/documents/workflows/expressions'
import { commands, type Job, type Step } from '@slipway/documents/workflows/jobs'
import { namedImages } from '@slipway/project/evidence/pushed-images'
import { isSeparatePython } from '@slipway/project/python/cpython-releases'
import { TARGETS } from '@slipway/project/settings/targets'
import type { OldStep } from './old-steps.ts'
import type { OwnWorkflow } from './workflows.ts'

/** An image that a workflow builds and pushes. */
export interface OldImage {
  /** Without a tag. */
  name: string
  file: string
  context: string
}

/** What hand-made workflows release, as far as their files say. */
export interface OldRelease {
  /** Commands that they run before they publish, and that the gate can run. */
  gate: string[]
  /** Rust's triples of their wheels; null if they are unknown. */
  targets: string[] | null
  /** Targets of their wheels that Slipway does not build. */
  otherTargets: string[]
  images: OldImage[]
  /** Free-threaded Pythons and PyPys that they build wheels for, `3.14t` and `pypy3.11`, of maintained versions. */
  pythons: string[]
}

/** Reads what hand-made workflows release. @param repository `owner/name`, null if unknown */
export function oldReleaseOf(workflows: readonly OwnWorkflow[], repository: string | null): OldRelease {
  const jobs = workflows.flatMap((each) => each.jobs)
  const steps = workflows.flatMap((each) => each.steps)
  const targets = jobs.flatMap(targetsOf)
  const known = targets.filter((each) => each !== null)
  const isTriple = (each: string) => Object.hasOwn(TARGETS, each)
  const images = jobs.flatMap((each) => namedImages(each, repository))
  return {
    gate: gateOf(steps),
    targets:
      known.length === 0 || known.length < targets.length
        ? null
        : Object.keys(TARGETS).filter((each) => known.includes(each)),
    otherTargets: [...new Set(known.filter((each) => !isTriple(each)))].sort(),
    pythons: [...new Set(jobs.flatMap(pythonsOf))],
    images: [...new Map(images.map(({ name, build }) => [name, { name, ...(build ?? USUAL_BUILD) }])).values()],
  }
}

/** How an image is built if its job does not say. */
const USUAL_BUILD = { context: '.', file: 'Dockerfile' }

/** Returns the commands for the gate, each once; those that need a shell or an expression are left to the user. */
function gateOf(steps: readonly OldStep[]): string[] {
  const found = steps.flatMap(({ gate }) => gate ?? [])
  return [...new Set(found)].filter((each) => splitCommand(each) !== null && !/\p{Cc}/u.test(each))
}

/** maturin-action's short names of processors (its README, `target`), by Rust's. */
const PROCESSORS: Record<string, string> = {
  x64: 'x86_64',
  amd64: 'x86_64',
  x86: 'i686',
  arm64: 'aarch64',
  ppc64le: 'powerpc64le',
  riscv64: 'riscv64gc',
}

/** Returns Rust's triples, or other names, of the wheels that a job builds with maturin; null for each unknown one. */
function targetsOf({ steps, entries, runsOn }: Job): (string | null)[] {
  const builds = steps.filter((each) => /\/maturin-action$/.test(each.action) && !isUpload(each))
  if (builds.length === 0) return []
  if (entries === null) return [null]
  return entries.flatMap((entry) => {
    const values = new Map([...entry].map(([name, value]) => [`matrix.${name}`, value]))
    return builds.flatMap((step) => {
      const runner = expanded(runsOn, values)
      const target = expanded(step.setting('target') ?? '', values)
      const libc = expanded(step.setting('manylinux') ?? '', values)
      if ([runner, target, libc].some(isUnknown)) return [null]
      return [tripleOf(runner, target, libc)]
    })
  })
}

/** Returns the free-threaded Pythons and PyPys that a job names for maturin, in its arguments or by its matrix. */
function pythonsOf({ steps, entries }: Job): string[] {
  const texts = steps.flatMap((step) => {
    if (/\/maturin-action$/.test(step.action)) return isUpload(step) ? [] : [step.setting('args') ?? '']
    return commands(step, /\bmaturin build\b/).map((each) => each.line)
  })
  const named = texts.some((each) => each.includes('matrix.'))
    ? (entries ?? []).flatMap((each) => [...each.values()])
    : []
  const words = [...texts, ...named].flatMap((each) => each.split(/[^\w.]+/))
  return words.map((each) => each.replace(/^python(?=3)/, '')).filter(isSeparatePython)
}

function isUpload(step: Step): boolean {
  return /^(?:upload|publish|sdist|develop)$/.test(step.setting('command') ?? '')
}

/** Returns Rust's triple of a target on a runner; a name for people if Slipway does not build it. Null if it is unknown. */
function tripleOf(runner: string, target: string, libc: string): string | null {
  if (target.includes('-')) return target
  const [system, suffix] = SYSTEMS.find(([, , pattern]) => pattern.test(runner)) ?? []
  if (system === undefined) return null
  // GitHub, "About GitHub-hosted runners": macos-14 and later are arm64, unless the label says otherwise.
  const isArm = system === 'macOS' ? !/intel|large|macos-13/i.test(runner) : /arm/i.test(runner)
  const processor = PROCESSORS[target] ?? (target || (isArm ? 'aarch64' : 'x86_64'))
  const isMusl = /^musl/.test(libc)
  // The names for ARM v7 end in `eabihf` as well.
  const begin = `${processor}-${isMusl ? suffix?.replace('gnu', 'musl') : suffix}`
  const triple = Object.keys(TARGETS).find((each) => each.startsWith(begin))
  return triple ?? `${system} ${processor}${isMusl ? ' (musl)' : ''}`
}

/** Systems, with the rest of Rust's triple, and the labels of their runners. */
const SYSTEMS: readonly [system: string, suffix: string, label: RegExp][] = [
  ['Linux', 'unknown-linux-gnu', /ubuntu|linux/i],
  ['macOS', 'apple-darwin', /macos/i],
  ['Windows', 'pc-windows-msvc', /windows/i],
]
