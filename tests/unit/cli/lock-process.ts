import { lockFolder } from '../../../packages/cli/src/rehearse/lock.ts'

/** Locks a folder in a separate process: `node lock-process.ts DIR`. Prints `locked` or the error, and stays until killed. */
const answer = await lockFolder(process.argv[2] ?? '').then(
  () => 'locked',
  (cause: Error) => cause.message,
)
console.log(answer)
setInterval(() => {}, 60_000)
