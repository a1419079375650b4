import { notice, type Problem, type Where, warning } from '@slipway/core/problem'
import { abi3Of } from '../abi3.ts'
import { folderOf, join } from '../folder.ts'
import { parseYaml, YamlError } from '../yaml.ts'
import type { Check, Subject } from './check.ts'
import { type Job, jobsOf, type Step } from './workflow-steps.ts'

const FOLDER = '.github/workflows'

/** Commands and actions that hand on what was built. */
const HANDS_ON = /\b(?:maturin (?:publish|upload)|twine upload|uv publish)\b/
const HANDING = /\/(?:upload-artifact|gh-action-pypi-publish|action-gh-release)$/

function handsOn({ steps }: Job): boolean {
  return steps.some((each) => HANDING.test(each.action) || HANDS_ON.test(each.run))
}

/** The lines of a step's commands that match, each with its place; lines that go on are one. */
function commands({ run, runLine, where }: Step, pattern: RegExp): { line: string; where: Where }[] {
  const joined = run.replace(/\\\n/g, ' \v')
  let at = runLine
  return joined.split('\n').flatMap((line) => {
    const found = { line: line.replaceAll('\v', ''), where: { file: where.file, line: at } }
    at += 1 + line.split('\v').length - 1
    return pattern.test(found.line) && !/^\s*#/.test(found.line) ? [found] : []
  })
}

/** cargo builds a member into the target folder of its workspace, so there is none in the member's own folder. */
function wheelsElsewhere({ steps }: Job, { project }: Subject): Problem[] {
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

/** Since its version 4 `upload-artifact` makes an artifact once: a second of the name fails. */
function artifactNames(jobs: readonly Job[]): Problem[] {
  const known = new Map<string, Job>()
  return jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      if (!/\/upload-artifact$/.test(step.action) || step.overwrites) return []
      const given = step.input('name')
      const name = given?.text ?? 'artifact'
      // What an expression makes is not known, but that it is the same in each job where nothing of the job is in it.
      const varies = /\$\{\{(?!\s*github\.(?!job\b)[\w.]+\s*\}\})/.test(name)
      const other = known.get(name)
      if (!varies && !job.isConditional) known.set(name, job)
      if (varies || (!job.isRepeated && (other === undefined || other === job || job.isConditional))) return []
      const who = job.isRepeated ? 'each job of the matrix' : `job ${other?.name}`
      const message = `The artifact ${JSON.stringify(name)} is uploaded by ${who}${job.isRepeated ? '' : ` and by ${job.name}`}: all but the first fail.`
      const hint =
        'Put what differs into the name, an expression of `matrix` or the name of the job, and download them by a pattern.'
      return [warning('workflow-artifact-name-repeats', message, hint, given?.where ?? step.where)]
    }),
  )
}

const BUILDS = /\bmaturin\s+build\b/
/** PEP 517: maturin tags the wheel that pip asks for as `linux`, for this machine. */
const BY_PIP = /\bpython3?\s+-m\s+build\b(?!.*(?:\s-s\b|--sdist))|\bpip3?\s+wheel\b/
const OFF = /--skip-auditwheel|--auditwheel[\s=]+skip|(?:--compatibility|--manylinux)[\s=]+(?:off|linux)\b/
const TAGGED = /--compatibility|--manylinux|--zig|--target[\s=]\S*(?:apple|windows)/

/** Wheels for Linux that PyPI refuses, or that run on few machines. */
function plainLinux(job: Job, { project }: Subject): Problem[] {
  if (!project.packages.some((each) => each.maturin) || !handsOn(job)) return []
  const isLinux = job.runners.some((each) => /ubuntu|linux/i.test(each))
  if (job.inContainer || !isLinux) return []
  const hint = 'Build with `maturin build --zig --compatibility manylinux_2_17`, or in a manylinux container.'
  const code = 'workflow-wheels-not-manylinux'
  return job.steps.flatMap((step) => {
    const off = step.input('manylinux')
    if (/\/maturin-action$/.test(step.action) && off?.text === 'off') {
      return [warning(code, 'These wheels are tagged `linux`, which PyPI refuses.', hint, off.where)]
    }
    return commands(step, new RegExp(`${BUILDS.source}|${BY_PIP.source}`)).flatMap(({ line, where }) => {
      if (OFF.test(line) || !BUILDS.test(line)) {
        return [warning(code, 'These wheels are tagged `linux`, which PyPI refuses.', hint, where)]
      }
      if (TAGGED.test(line)) return []
      const message =
        "These wheels get the manylinux tag of the runner's own C library: they do not run on older systems, and one that cannot be tagged is refused by PyPI."
      return [warning(code, message, hint, where)]
    })
  })
}

/** A wheel of the stable ABI is the same for all Pythons from its lowest on. */
function wheelPerPython(job: Job, { project }: Subject): Problem[] {
  const packages = project.packages.filter((each) => each.maturin && each.crate)
  if (packages.length === 0 || job.pythons < 2 || !handsOn(job)) return []
  const step = job.steps.find(
    (each) => BUILDS.test(each.run) || BY_PIP.test(each.run) || /\/maturin-action$/.test(each.action),
  )
  if (!step) return []
  const abi3 = packages.find((each) => abi3Of(each, each.crate) !== null)
  const message = abi3
    ? `A wheel of ${abi3.name} is built for each of ${job.pythons} Pythons, but it is the same for all of them (abi3): their file names clash.`
    : `A wheel is built for each of ${job.pythons} Pythons; with PyO3's feature abi3 one would do for all.`
  const hint = abi3
    ? 'Build once for each platform, with the lowest Python; test on the others.'
    : 'Where the extension needs no more than the stable ABI, add a feature as abi3-py39 to pyo3, and build once for each platform.'
  return [notice('workflow-wheel-per-python', message, hint, step.where)]
}

/** What is wrong in one workflow. */
async function workflow(file: string, subject: Subject): Promise<Problem[]> {
  const text = await subject.folder.read(file)
  // Most workflows build no package; reading YAML takes its time.
  if (text === null || !/upload-artifact|maturin|wheel|-m build/.test(text)) return []
  try {
    const jobs = jobsOf(await parseYaml(file, text))
    const ofJobs = jobs.flatMap((job) =>
      [wheelsElsewhere, plainLinux, wheelPerPython].flatMap((look) => look(job, subject)),
    )
    return [...artifactNames(jobs), ...ofJobs]
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const message = `${file} is not valid YAML (${cause.message}), so GitHub does not run it.`
    return [warning('workflow-unreadable', message, `Correct line ${cause.line}.`, { file, line: cause.line })]
  }
}

const workflows: Check = async (subject) => {
  const files = (await subject.folder.filesIn(FOLDER)).filter((each) => /\.ya?ml$/.test(each))
  return (await Promise.all(files.map((each) => workflow(each, subject)))).flat()
}

/** What goes wrong in a project's own workflows when it releases. */
export const WORKFLOW_CHECKS: readonly Check[] = [workflows]
