import { mkdir, writeFile } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Ports } from '@slipway/core/ports'
import type { Sees } from '@slipway/sandbox/actions/state'
import { descriptionFile } from '@slipway/sandbox/description'
import type { LogEntry } from '@slipway/sandbox/log'
import { cargoUpstream } from '../../packages/cli/src/rehearse/cargo-overlay.ts'
import { copySource, type SourceCopy } from '../../packages/cli/src/rehearse/source-copy.ts'
import { runAttempt } from '../../packages/cli/src/rehearse/workflow/attempt.ts'
import { tagPush, type WorkflowEvent } from '../../packages/cli/src/rehearse/workflow/event.ts'
import { pushRefs, releaseRefs } from '../../packages/cli/src/rehearse/workflow/project-copy.ts'
import { readWorkflow } from '../../packages/cli/src/rehearse/workflow/reading.ts'
import { REUSABLE, texts } from '../house/workflows/files.ts'
import { callerOf } from '../rehearsal/caller.ts'
import { ROOT } from '../rehearsal/example.ts'
import { type Recorder, recordSandbox } from '../rehearsal/recorder.ts'
import { atEnd, type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { filesByName, jobsIn, type RanJob } from './jobs.ts'
import { CALLERS } from './project.ts'
import { changeJobs, type JobChange } from './repeat.ts'

/** What an attempt is to be; a push of the tag, the first, where nothing else is said. */
export interface Attempt {
  event?: WorkflowEvent
  /** The caller's file in `.github/workflows`. */
  caller?: string
  number?: number
  sees?: Sees
  change?: JobChange
}

/** What an attempt came to. */
export interface Ran {
  code: number
  jobs: RanJob[]
  /** What the services were asked meanwhile. */
  requests: LogEntry[]
  /** The errors that steps reported, and the last lines of failed steps. */
  errors: string[]
  /** What jobs said that they did not do. */
  leftOut: string[]
}

/** A project, the services that it is released to, and a recorder between act and them. */
export interface World {
  ports: Ports
  copy: SourceCopy
  repository: string
  sandbox: Tested
  recorder: Recorder
  /** Pushes refs as a user does: by a process of the test, not of act. */
  push(refs?: readonly string[]): Promise<void>
  run(attempt?: Attempt): Promise<Ran>
}

const log = { info() {}, debug() {}, problem() {} }

/** This machine, without pyenv's Pythons: a package is installed on each that is found. */
export function machine(more: Record<string, string> = {}): Ports {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((each) => !each.includes('/.pyenv/'))
  const env = { ...process.env, PYENV_ROOT: join(temporaryFolder(), 'pyenv'), PATH: folders.join(delimiter), ...more }
  return { clock: systemClock, http: fetchHttp, log, env, exec: processExec(env) }
}

/** Copies a project with the callers, and starts everything around it; it ends with the test. */
export async function world(
  project: string,
  ports = machine(),
  images: string | null = 'the tests have no engine',
): Promise<World> {
  const state = temporaryFolder()
  const isPublished = async () => false
  const copy = await copySource(ports, project, { root: join(state, 'work'), dirty: true, isPublished, added: CALLERS })
  const repository = `acts/${basename(project)}`
  const sandbox = await tested({ dir: state, cargoUpstream: await cargoUpstream(ports.env) })
  const { dir: _, steer, ...real } = sandbox
  const recorder = await recordSandbox(real, callerOf)
  atEnd(recorder.close)
  const file = descriptionFile(join(state, 'recorded'))
  await mkdir(join(state, 'recorded'))
  await writeFile(file, JSON.stringify(recorder.description))
  const run = async ({ event = tagPush(copy, repository), caller = 'release', ...rest }: Attempt = {}) => {
    const { number = 1, sees = 'none', change } = rest
    const lines: string[] = []
    const since = (await steer.log()).at(-1)?.n ?? 0
    const attempted = await runAttempt(hearing(ports, lines), {
      copy,
      workflow: await readWorkflow(copy.dir, `.github/workflows/${caller}.yml`, ROOT),
      slipway: ROOT,
      images,
      sandbox: { description: recorder.description, file },
      repository,
      folder: join(copy.work, 'workflow'),
      event,
      run: 7,
      number,
      sees,
      progress: { ended() {}, printed() {} },
      async adapt(_project, repositories) {
        const copies = [...repositories].filter(([name]) => name.includes('/slipway@')).map(([, folder]) => folder)
        if (change) for (const each of copies) await changeJobs(each, REUSABLE, change)
      },
    })
    const { code, annotations, failedSteps, notRehearsed, errors } = attempted.result
    return {
      code,
      jobs: jobsIn(lines, filesByName(texts)),
      requests: await steer.log(since),
      errors: [
        ...errors,
        ...annotations.filter(({ severity }) => severity === 'error').map(({ title }) => title),
        ...failedSteps.map(({ job, step, tail }) => `${job} / ${step}: ${tail.join('\n')}`),
      ],
      leftOut: notRehearsed.map(({ job, reason }) => `${job}: ${reason}`),
    }
  }
  const push = (refs = releaseRefs(copy)) => pushRefs(ports, copy, recorder.description, repository, refs)
  return { ports, copy, repository, sandbox, recorder, push, run }
}

/** Ports that hear what act writes. */
function hearing(ports: Ports, lines: string[]): Ports {
  return {
    ...ports,
    exec(command) {
      if (command.argv[0] !== 'act') return ports.exec(command)
      const onLine = (line: string) => {
        lines.push(line)
        command.onLine?.(line)
      }
      return ports.exec({ ...command, onLine })
    },
  }
}
