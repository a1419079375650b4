import { startAction } from '@slipway/runtime/main'
import { spec } from './inputs.ts'

await startAction({ spec, work: () => import('./run.ts') })
