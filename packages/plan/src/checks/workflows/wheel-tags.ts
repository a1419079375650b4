import { notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { join } from '@slipway/documents/paths'
import { abi3Of } from '@slipway/project/python/abi3'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import type { Subject } from '../check.ts'
import { BY_MATURIN, buildsOf, handsOn, isByBackend, outputsOf } from './built-files.ts'
import { CPYTHON } from './job-matrix.ts'
import { commands, type Job, type Step } from './jobs.ts'

const TAGGED = /--compatibility|--manylinux|--zig|--target[\s=]\S*(?:apple|windows)/
const LINUX = /(?:--compatibility|--manylinux)[\s=]+(?:off|linux)\b/

/** Whether maturin is told to tag a wheel `linux`; without its auditwheel, one gets the tag that is asked for. */
function isOff(args: string): boolean {
  return LINUX.test(args) || (/--skip-auditwheel|--auditwheel[\s=]+skip/.test(args) && !TAGGED.test(args))
}

const code = 'workflow-wheels-not-manylinux'
const BUILD_SO = 'Build with `maturin build --zig --compatibility manylinux_2_17`, or in a manylinux container.'

/** Options of pip that name files which are not built. */
const OF_PIP = /\s(?:-w|--wheel-dir|-r|--requirement|-c|--constraint|-f|--find-links)(?:\s+|=)\S+/g

/** Whether what pip or build is called for is a package that another backend builds. @param packages by folder */
function isOfOthers(line: string, { folder }: Step, packages: ReadonlyMap<string, DiscoveredPackage>): boolean {
  const isPip = /\bpip3?\s+wheel\b/.test(line)
  const words = (isPip ? line.replace(OF_PIP, '') : line)
    .split(/\s+/)
    .filter((each) => each !== '' && !each.startsWith('-'))
  const found = ['.', ...words].map((each) => packages.get(join(folder, each))).findLast((each) => each !== undefined)
  if (found) return found.maturin === null
  // What pip is told by no path comes from an index.
  return isPip ? !words.some((each) => /^\.|\//.test(each)) : /\s--(?:all-packages|package)\b/.test(line)
}

/** Wheels for Linux that PyPI refuses, or that run on few machines: of those that leave a job, as far as their arguments are known. */
export function wheelsPlain(job: Job, { project }: Subject): Problem[] {
  if (!project.packages.some((each) => each.maturin) || !handsOn(job)) return []
  const isLinux = job.runners.some((each) => /ubuntu|linux/i.test(each))
  if (job.inContainer || !isLinux) return []
  const refused = (where: Where) =>
    warning(code, 'These wheels are tagged `linux`, which PyPI refuses.', BUILD_SO, where)
  const leaves = outputsOf(job)
  const packages = new Map(project.packages.map((each) => [each.path, each]))
  return job.steps.flatMap((step) => {
    // Which of several systems it is for.
    if (/\b(?:matrix|runner)\b/.test(step.condition)) return []
    const off = step.input('manylinux')
    const given = step.input('args')
    const args = ` ${given?.text ?? ''}`
    if (/\/maturin-action$/.test(step.action)) {
      if (args.includes('${{') || !buildsOf(step).some(leaves)) return []
      if (off?.text === 'off') return TAGGED.test(args) && !LINUX.test(args) ? [] : [refused(off.where)]
      // Its containers give it a manylinux, where nothing is said of one.
      return !off && given && isOff(args) ? [refused(given.where)] : []
    }
    return commands(step, /\S/).flatMap(({ line, where }) => {
      const isMaturin = BY_MATURIN.test(line)
      if (!isMaturin && !isByBackend(line)) return []
      const isElsewhere = /\b(?:docker|podman) run\b/.test(line) || (!isMaturin && isOfOthers(line, step, packages))
      if (isElsewhere || !leaves(line)) return []
      if (isOff(line)) return [refused(where)]
      // What a shell or GitHub puts in may be the tag.
      if (TAGGED.test(line) || line.includes('$')) return []
      if (!isMaturin) return [refused(where)]
      const message =
        "These wheels get the manylinux tag of the runner's own C library: they do not run on older systems, and one that cannot be tagged is refused by PyPI."
      return [warning(code, message, BUILD_SO, where)]
    })
  })
}

/** How many CPythons a build of maturin is told to build for. */
function interpretersOf(line: string): number {
  const [, list = ''] = /\s(?:-i|--interpreter)((?:[\s=]+[^\s-]\S*)+)/.exec(line) ?? []
  return new Set(list.split(/[\s=]+/).flatMap((each) => CPYTHON.exec(each)?.[1] ?? [])).size
}

/**
 * A wheel of the stable ABI is the same for all Pythons from its lowest on. That one might do is told once, that such
 * wheels clash in each job.
 */
export function wheelsPerPython(jobs: readonly Job[], { project }: Subject): Problem[] {
  const packages = project.packages.filter((each) => each.maturin && each.crate)
  const abi3 = packages.find((each) => abi3Of(each, each.crate) !== null)
  const told = (packages.length === 0 ? [] : jobs.filter(handsOn)).flatMap((job) => {
    const leaves = outputsOf(job)
    // Of a stable ABI maturin builds one wheel, however many interpreters it is given.
    const pythonsOf = (line: string) => Math.max(job.pythons, abi3 ? 0 : interpretersOf(line))
    const built = job.steps.flatMap((step) =>
      buildsOf(step).flatMap((line) =>
        pythonsOf(line) > 1 && leaves(line) ? [{ step, pythons: pythonsOf(line) }] : [],
      ),
    )
    const [{ step, pythons } = { step: null, pythons: 0 }] = built
    if (!step) return []
    const message = abi3
      ? `A wheel of ${abi3.name} is built for each of ${pythons} Pythons, but it is the same for all of them (abi3): their file names clash.`
      : `A wheel is built for each of ${pythons} Pythons. With PyO3's feature abi3 one may do for all.`
    const hint = abi3
      ? 'Build once for each platform, with the lowest Python; test on the others.'
      : 'Where the extension needs no more than the stable ABI, add a feature as abi3-py39 to pyo3, and build once for each platform.'
    return [notice('workflow-wheel-per-python', message, hint, step.where)]
  })
  return abi3 ? told : told.slice(0, 1)
}
