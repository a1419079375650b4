import { notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { join } from '@slipway/documents/paths'
import { CPYTHON } from '@slipway/documents/workflows/job-matrix'
import { commands, type Job, type Step } from '@slipway/documents/workflows/jobs'
import { abi3Of } from '@slipway/project/python/abi3'
import type { DiscoveredPackage } from '@slipway/project/python/discovered-package'
import type { Subject } from '../check.ts'
import { BY_MATURIN, buildsByBackend, uploadsAnything, uploadTestOf, wheelBuildsOf } from './built-files.ts'

const TAGGED = /--compatibility|--manylinux|--zig|--target[\s=]\S*(?:apple|windows)/
const LINUX = /(?:--compatibility|--manylinux)[\s=]+(?:off|linux)\b/

/** Whether arguments make maturin tag a wheel `linux`; without auditwheel, a wheel gets the requested tag. */
function tagsLinux(args: string): boolean {
  return LINUX.test(args) || (/--skip-auditwheel|--auditwheel[\s=]+skip/.test(args) && !TAGGED.test(args))
}

const code = 'workflow-wheels-not-manylinux'
const HINT = 'Build with `maturin build --zig --compatibility manylinux_2_17`, or in a manylinux container.'

/** Options of pip with a value that is not a package to build. */
const PIP_OPTIONS = /\s(?:-w|--wheel-dir|-r|--requirement|-c|--constraint|-f|--find-links)(?:\s+|=)\S+/g

/** Whether a command of pip or build builds a package with a backend other than maturin. @param packages by folder */
function usesOtherBackend(line: string, { folder }: Step, packages: ReadonlyMap<string, DiscoveredPackage>): boolean {
  const isPip = /\bpip3?\s+wheel\b/.test(line)
  const words = (isPip ? line.replace(PIP_OPTIONS, '') : line)
    .split(/\s+/)
    .filter((each) => each !== '' && !each.startsWith('-'))
  const found = ['.', ...words].map((each) => packages.get(join(folder, each))).findLast((each) => each !== undefined)
  if (found) return found.maturin === null
  // pip takes packages without a path from an index.
  return isPip ? !words.some((each) => /^\.|\//.test(each)) : /\s--(?:all-packages|package)\b/.test(line)
}

/** Reports uploaded Linux wheels that PyPI refuses, or that run on few machines, as far as their arguments are known. */
export function wheelsWithoutManylinux(job: Job, { project }: Subject): Problem[] {
  if (!project.packages.some((each) => each.maturin) || !uploadsAnything(job)) return []
  const isLinux = job.runners.some((each) => /ubuntu|linux/i.test(each))
  if (job.inContainer || !isLinux) return []
  const refused = (where: Where) =>
    warning(code, 'PyPI refuses these wheels, because they are tagged `linux`.', HINT, where)
  const isUploaded = uploadTestOf(job)
  const packages = new Map(project.packages.map((each) => [each.path, each]))
  return job.steps.flatMap((step) => {
    // The condition may select another system.
    if (/\b(?:matrix|runner)\b/.test(step.condition)) return []
    const manylinux = step.input('manylinux')
    const argsInput = step.input('args')
    const args = ` ${argsInput?.text ?? ''}`
    if (/\/maturin-action$/.test(step.action)) {
      if (args.includes('${{') || !wheelBuildsOf(step).some(isUploaded)) return []
      if (manylinux?.text === 'off') return TAGGED.test(args) && !LINUX.test(args) ? [] : [refused(manylinux.where)]
      // By default, the action builds in a manylinux container.
      return !manylinux && argsInput && tagsLinux(args) ? [refused(argsInput.where)] : []
    }
    return commands(step, /\S/).flatMap(({ line, where }) => {
      const isMaturin = BY_MATURIN.test(line)
      if (!isMaturin && !buildsByBackend(line)) return []
      const isSkipped = /\b(?:docker|podman) run\b/.test(line) || (!isMaturin && usesOtherBackend(line, step, packages))
      if (isSkipped || !isUploaded(line)) return []
      if (tagsLinux(line)) return [refused(where)]
      // A variable or an expression may contain the tag.
      if (TAGGED.test(line) || line.includes('$')) return []
      if (!isMaturin) return [refused(where)]
      const message =
        "These wheels get the manylinux tag of the runner's C library, so they do not run on older systems, and PyPI may refuse them."
      return [warning(code, message, HINT, where)]
    })
  })
}

/** Returns how many CPythons a maturin command builds for. */
function interpretersOf(line: string): number {
  const [, list = ''] = /\s(?:-i|--interpreter)((?:[\s=]+[^\s-]\S*)+)/.exec(line) ?? []
  // An input of an action has the list in quotes.
  return new Set(list.split(/[\s='"]+/).flatMap((each) => CPYTHON.exec(each)?.[1] ?? [])).size
}

/**
 * Reports jobs that build a wheel for each Python: stable-ABI wheels are the same for all of them and clash, which is
 * reported per job; that other packages might use the stable ABI is reported once.
 */
export function wheelsPerPython(jobs: readonly Job[], { project }: Subject): Problem[] {
  const packages = project.packages.filter((each) => each.maturin && each.crate)
  const abi3 = packages.find((each) => abi3Of(each, each.crate) !== null)
  const problems = (packages.length === 0 ? [] : jobs.filter(uploadsAnything)).flatMap((job) => {
    const isUploaded = uploadTestOf(job)
    // With a stable ABI, maturin builds one wheel for any number of interpreters.
    const pythonsOf = (line: string) => Math.max(job.pythons, abi3 ? 0 : interpretersOf(line))
    const built = job.steps.flatMap((step) =>
      wheelBuildsOf(step).flatMap((line) =>
        pythonsOf(line) > 1 && isUploaded(line) ? [{ step, pythons: pythonsOf(line) }] : [],
      ),
    )
    const [{ step, pythons } = { step: null, pythons: 0 }] = built
    if (!step) return []
    const message = abi3
      ? `A wheel of ${abi3.name} is built for each of ${pythons} Pythons, but abi3 wheels are the same for all, so their file names clash.`
      : `A wheel is built for each of ${pythons} Pythons. With PyO3's feature abi3, one wheel may be enough.`
    const hint = abi3
      ? 'Build once per platform with the lowest Python, and test on the others.'
      : 'If the stable ABI is enough for the extension, add a feature like abi3-py39 to pyo3, and build once per platform.'
    return [notice('workflow-wheel-per-python', message, hint, step.where)]
  })
  return abi3 ? problems : problems.slice(0, 1)
}
