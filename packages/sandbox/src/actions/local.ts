import type { SandboxDescription } from '@slipway/core/sandbox'
import { flag } from '../control-body.ts'
import type { LocalRemote } from '../local.ts'
import { resultsService } from './results.ts'
import type { Job, Sees } from './state.ts'

/** The job of the token in the description: one of a first attempt. */
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

/** The job that a body names: `{run, attempt, job}`, of which `run` is required. */
function job(body: unknown): Job {
  const { run, attempt = 1, job = DEFAULT_JOB.job } = body as Record<string, unknown>
  if (!/^\d+$/.test(String(run))) throw new Error('run is the number of a run.')
  if (!Number.isInteger(attempt) || (attempt as number) < 1) throw new Error('attempt is a whole number above 0.')
  return { run: String(run), attempt: attempt as number, job: String(job) }
}

function sees(body: unknown): Sees | undefined {
  const { sees } = body as { sees?: Sees }
  if (sees !== undefined && sees !== 'earlier' && sees !== 'none') throw new Error('sees is earlier or none.')
  return sees
}
