import { startSandbox } from '../../packages/sandbox/src/start.ts'

/** Runs a sandbox in a separate process: `node sandbox-process.ts DIR`. Prints `ready` once it answers. */
await startSandbox({ dir: process.argv[2] ?? '', cargoUpstream: null })
console.log('ready')
