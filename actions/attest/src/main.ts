import { requireRepository } from '@slipway/release/job/github'
import { startAction } from '@slipway/runtime/main'
import { spec } from './inputs.ts'

await startAction({
  spec,
  first: (_, env) => requireRepository(env),
  work: () => import('./run.ts'),
})
