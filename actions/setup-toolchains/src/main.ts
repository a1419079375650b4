import { requireFolder } from '@slipway/release/job/first-checks'
import { startAction } from '@slipway/runtime/main'
import { spec } from './inputs.ts'

await startAction({
  spec,
  first: ({ path }) => requireFolder(path),
  work: () => import('./run.ts'),
  post: () => import('./after.ts'),
})
