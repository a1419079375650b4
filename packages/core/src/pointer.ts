import { ask, type Effort, guarded, nextPause, outcome, reasonOf, remoteProblem } from './patience.ts'
import { ProblemError } from './problem.ts'
import type { Pointer, PointerReading } from './publisher.ts'
import { giveReceipt, type Receipt, type ReceiptStatus } from './receipt.ts'

/**
 * Moves a pointer, unless it already points there or must stay. Retries after a failure that did not move it.
 * @throws ProblemError when it must not move, or the remote refuses to move it
 */
export async function movePointer(pointer: Pointer, effort: Effort): Promise<Receipt> {
  const { clock, log } = effort
  const read = () => guarded(pointer, `read ${pointer.name}`, () => ask(() => pointer.read(), effort))
  const done = (status: ReceiptStatus, at: { url?: string; digest?: string }, reason?: string): Receipt =>
    giveReceipt(pointer, { artifact: pointer.name, status, at, reason }, effort.onReceipt)
  const first = await read()
  if (first.there) return done('already there', first)
  const refusal = await guarded(pointer, `read ${pointer.name}`, () => ask(() => pointer.mayMove(), effort))
  if (refusal?.severity === 'error') throw new ProblemError(refusal)
  if (refusal) return done('skipped', {}, refusal.message)
  const start = clock.now()
  for (let attempt = 1; ; attempt++) {
    let moved: PointerReading | undefined
    const failure = await outcome(async () => {
      moved = await pointer.move()
    })
    const now = moved ?? (await read())
    if (now.there) {
      log.info(`${pointer.name}: done on ${pointer.target}`)
      return done('moved', now)
    }
    const wait = nextPause(failure, attempt, start, effort)
    if (wait === null) throw new ProblemError(remoteProblem(failure, pointer, `move ${pointer.name}`), failure)
    log.info(`${pointer.name}: ${reasonOf(failure)}; trying again in ${Math.ceil(wait / 1000)} s`)
    await clock.sleep(wait)
  }
}
