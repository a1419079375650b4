import type { SandboxDescription } from '@slipway/core/sandbox'
import { flag } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { resultsService } from './results.ts'
import type { Job, Sees } from './state.ts'

/** The job of the description's token: the first attempt of run 1. */
const DEFAULT_JOB: Job = { run: '1', attempt: 1, job: 'job' }

/** GitHub's service for the artifacts of workflow runs. */
export const actions: LocalRemote<SandboxDescription['actions']> = {
  services: ['results'],
  tokenPrefix: '',
  open({ folder, token: secret }) {
    const results = resultsService({ folder, secret })
    return {
      services: [results.service],
      describe: (at) => ({ results: at('results'), token: results.issue(DEFAULT_JOB) }),
      controls: {
        'POST token': (body) => ({ token: results.issue(job(body), sees(body)) }),
        'PUT conflicts': (body) => results.setConflicts(flag(body, 'enabled')),
      },
    }
  },
}

/** Reads the job in a body: `{run, attempt, job}`, of which `run` is required. */
function job(body: unknown): Job {
  const { run, attempt = 1, job = DEFAULT_JOB.job } = body as Record<string, unknown>
  if (!/^\d+$/.test(String(run))) throw new Error('run must be the number of a run.')
  if (!Number.isInteger(attempt) || (attempt as number) < 1) throw new Error('attempt must be a whole number above 0.')
  return { run: String(run), attempt: attempt as number, job: String(job) }
}

function sees(body: unknown): Sees | undefined {
  const { sees } = body as { sees?: Sees }
  if (sees !== undefined && sees !== 'earlier' && sees !== 'none') throw new Error('sees must be earlier or none.')
  return sees
}
