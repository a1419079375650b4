import { notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { abi3Of } from '../abi3.ts'
import type { DiscoveredPackage } from '../discover.ts'
import { folderOf, join } from '../folder.ts'
import type { Subject } from './check.ts'
import { BUILDS, BY_PIP, handsOn, outputsOf } from './workflow-outputs.ts'
import { commands, type Job, type Step } from './workflow-steps.ts'

/** cargo builds a member into the target folder of its workspace, so there is none in the member's own folder. */
export function wheelsElsewhere({ steps }: Job, { project }: Subject): Problem[] {
  const members = project.crates.filter((each) => each.workspace.file !== each.manifest.file)
  const told = (folder: string, path: string, where: Where): Problem[] => {
    // With `--out` or a target folder of its own they are where the job says.
    if (
      steps.some((each) =>
        /\s(?:-o|--out|--target-dir)[\s=]|CARGO_TARGET_DIR/.test(`${each.run} ${each.input('args')?.text ?? ''}`),
      )
    )
      return []
    const [, before] = /^(.*?)\/?target\/wheels(?:\/|$)/.exec(join(folder, path)) ?? []
    const member = members.find((each) => each.path === before && before !== '.')
    if (!member) return []
    const top = folderOf(member.workspace.file)
    const message = `Nothing is at ${join(folder, path)}: ${member.path} is a member of a workspace, so its wheels are in ${join(top, 'target/wheels')}.`
    const hint = 'Build with `maturin build --out dist` and take them from there, or correct the path.'
    return [warning('workflow-wheels-elsewhere', message, hint, where)]
  }
  return steps.flatMap((step) => {
    const path = /\/upload-artifact$/.test(step.action) ? step.input('path') : null
    const ofAction = path?.text.split('\n').flatMap((each) => told('.', each.trim(), path.where)) ?? []
    const ofCommands = commands(step, /target\/wheels/).flatMap(({ line, where }) =>
      line.split(/[\s"'=]+/).flatMap((each) => told(step.folder, each, where)),
    )
    return [...ofAction, ...ofCommands].slice(0, 1)
  })
}

const OFF = /--skip-auditwheel|--auditwheel[\s=]+skip|(?:--compatibility|--manylinux)[\s=]+(?:off|linux)\b/
const TAGGED = /--compatibility|--manylinux|--zig|--target[\s=]\S*(?:apple|windows)/

const code = 'workflow-wheels-not-manylinux'
const BUILD_SO = 'Build with `maturin build --zig --compatibility manylinux_2_17`, or in a manylinux container.'

/** Whether what pip or build is called for is a package that another backend builds. @param packages by folder */
function isOfOthers(line: string, { folder }: Step, packages: ReadonlyMap<string, DiscoveredPackage>): boolean {
  const words = line.split(/\s+/).filter((each) => each !== '' && !each.startsWith('-'))
  const found = ['.', ...words].map((each) => packages.get(join(folder, each)))
  return found.findLast((each) => each !== undefined)?.maturin === null
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
    const args = ` ${step.input('args')?.text ?? ''}`
    if (/\/maturin-action$/.test(step.action) && off?.text === 'off') {
      return TAGGED.test(args) || args.includes('${{') || !leaves(args) ? [] : [refused(off.where)]
    }
    return commands(step, new RegExp(`${BUILDS.source}|${BY_PIP.source}`)).flatMap(({ line, where }) => {
      const isMaturin = BUILDS.test(line)
      const isElsewhere = /\b(?:docker|podman) run\b/.test(line) || (!isMaturin && isOfOthers(line, step, packages))
      if (isElsewhere || !leaves(line)) return []
      if (OFF.test(line)) return [refused(where)]
      // What a shell or GitHub puts in may be the tag.
      if (TAGGED.test(line) || line.includes('$')) return []
      if (!isMaturin) return [refused(where)]
      const message =
        "These wheels get the manylinux tag of the runner's own C library: they do not run on older systems, and one that cannot be tagged is refused by PyPI."
      return [warning(code, message, BUILD_SO, where)]
    })
  })
}

/**
 * A wheel of the stable ABI is the same for all Pythons from its lowest on. That one might do is told once, that such
 * wheels clash in each job.
 */
export function wheelsPerPython(jobs: readonly Job[], { project }: Subject): Problem[] {
  const packages = project.packages.filter((each) => each.maturin && each.crate)
  const abi3 = packages.find((each) => abi3Of(each, each.crate) !== null)
  const repeated = packages.length === 0 ? [] : jobs.filter((job) => job.pythons > 1 && handsOn(job))
  const told = repeated.flatMap(({ steps, pythons }) => {
    const step = steps.find(
      (each) => BUILDS.test(each.run) || BY_PIP.test(each.run) || /\/maturin-action$/.test(each.action),
    )
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
