import { startSandbox } from '../../packages/sandbox/src/start.ts'

/** Runs a sandbox in a process of its own: `node sandbox-process.ts DIR`. Says `ready` once it answers. */
await startSandbox({ dir: process.argv[2] ?? '', cargoUpstream: null })
console.log('ready')
