import type { Artifact } from './artifact.ts'
import { failOnProbes } from './conflicts.ts'
import { ask, type Effort, guarded, nextPause, outcome, pauseOf, reasonOf, remoteProblem } from './patience.ts'
import { isThere, type Shipment, type Surveyed, takeFresh } from './preflight.ts'
import { error, joinFailures, type Problem, ProblemError } from './problem.ts'
import type { Pace, Probe, Publisher } from './publisher.ts'
import { giveReceipt, type Receipt } from './receipt.ts'

const ONE_BY_ONE: Pace = { firstAlone: false, atATime: 1 }

/**
 * Makes the remote hold these artifacts: probes all of them, sends the missing ones at the publisher's pace, then probes
 * until they are visible. Sends an artifact again only when a probe after the failure says that it is absent.
 * @param before the survey of the remote; if it is fresh, its answers replace the first probe
 * @returns a receipt for each artifact, in their order
 * @throws ProblemError when the remote holds something else (then nothing was sent), refuses, or stays silent. Nothing
 * new is sent after a refusal; what was under way is confirmed and has its receipt.
 */
export async function publishOnce(
  { publisher, artifacts }: Shipment,
  effort: Effort,
  before?: Surveyed,
): Promise<Receipt[]> {
  const probes =
    (before && takeFresh(before, effort.clock)?.probes) ??
    (await guarded(publisher, 'list the existing files', () => ask(() => publisher.probe(artifacts), effort)))
  failOnProbes(publisher, artifacts, probes, 0)
  const delivery = new Delivery(publisher, artifacts, probes, effort)
  const missing = artifacts.filter((_, index) => !isThere(probes[index] as Probe))
  // Without a pace, each artifact is visible before the next is sent.
  const batches = publisher.pace ? [missing] : missing.map((each) => [each])
  if (missing.length > 0) await prepare(publisher, effort)
  for (const batch of batches) await delivery.send(batch)
  return delivery.receipts()
}

/** Creates what holds the artifacts. @throws ProblemError */
function prepare(publisher: Publisher, effort: Effort): Promise<void> {
  return guarded(publisher, 'create the release', () => ask(async () => publisher.prepare?.(), effort))
}

/** How sending an artifact ended. */
interface Sent {
  /** How often it was sent. */
  tries: number
  /** The state at last, by a probe or the remote's answer; null if it accepted the artifact and said no more. */
  probe: Probe | null
}

/** The state of a shipment while it is sent. */
class Delivery {
  readonly #publisher: Publisher
  readonly #artifacts: readonly Artifact[]
  readonly #effort: Effort
  /** The receipt of each artifact, once it is visible. */
  readonly #done = new Map<Artifact, Receipt>()
  /** The states before anything was sent. */
  readonly #before: Map<Artifact, Probe>
  #sent = 0
  /** Whether the remote refused a file a moment ago: nothing new is sent until a probe has told what it holds. */
  #isRefused = false

  constructor(publisher: Publisher, artifacts: readonly Artifact[], probes: readonly Probe[], effort: Effort) {
    this.#publisher = publisher
    this.#artifacts = artifacts
    this.#effort = effort
    this.#before = new Map(artifacts.map((each, index) => [each, probes[index] as Probe]))
  }

  /** Sends a batch at the publisher's pace and waits until it is visible. @throws ProblemError */
  async send(batch: readonly Artifact[]): Promise<void> {
    const { firstAlone, atATime } = this.#publisher.pace ?? ONE_BY_ONE
    const ended = new Map<Artifact, Sent>()
    const failures: unknown[] = []
    const queue = [...batch]
    const work = async () => {
      while (!this.#isRefused && failures.length === 0) {
        const each = queue.shift()
        if (!each) return
        try {
          ended.set(each, await this.#sendOne(each))
        } catch (failure) {
          failures.push(failure)
        }
      }
    }
    if (firstAlone) {
      const rest = queue.splice(1)
      await work()
      queue.push(...rest)
    }
    while (queue.length > 0 && failures.length === 0) {
      this.#isRefused = false
      await Promise.all(Array.from({ length: atATime }, work))
    }
    const inOrder = batch.flatMap((each): [Artifact, Sent][] => {
      const sent = ended.get(each)
      return sent ? [[each, sent]] : []
    })
    await this.#untilVisible(inOrder).catch((failure: unknown) => failures.push(failure))
    if (failures.length === 0) return
    this.#settleBefore(undefined)
    throw joinFailures(failures)
  }

  /** Returns the receipts, in the order of the artifacts. */
  receipts(): Receipt[] {
    this.#settleBefore(undefined)
    return this.#artifacts.map((each) => this.#done.get(each) as Receipt)
  }

  /** Gives receipts to the artifacts before one that the remote held from the start: receipts keep the artifacts' order. */
  #settleBefore(next: Artifact | undefined): void {
    for (const artifact of this.#artifacts) {
      if (artifact === next) return
      const probe = this.#before.get(artifact) as Probe
      if (this.#done.has(artifact) || !isThere(probe)) continue
      this.#earn(artifact, 'already there', probe)
      this.#effort.log.info(`${artifact.filename}: already on ${this.#publisher.target}`)
    }
  }

  /** Sends one artifact until the remote accepts it or holds it. @throws ProblemError */
  async #sendOne(artifact: Artifact): Promise<Sent> {
    const { clock, log } = this.#effort
    const start = clock.now()
    let probe = this.#before.get(artifact) as Probe
    let tries = 0
    while (isSendable(probe)) {
      tries += 1
      let held: Probe | undefined
      const failure = await outcome(async () => {
        held = await this.#publisher.publish(artifact)
      })
      // A remote that says "the name is taken" holds a file; the probe tells whose it is.
      if (failure === null) this.#sent += 1
      if (failure === null || failure.failure === 'taken') return { tries, probe: held ?? null }
      const wait = nextPause(failure, tries, start, this.#effort)
      if (wait === null) this.#isRefused = true
      // The request may have taken effect, whatever the remote said: only its contents decide.
      probe = await this.#probeOne(artifact)
      if (isThere(probe)) this.#sent += 1
      if (!isSendable(probe)) break
      if (wait === null)
        throw new ProblemError(remoteProblem(failure, this.#publisher, `send ${artifact.filename}`), failure)
      log.info(`${artifact.filename}: ${reasonOf(failure)}; trying again in ${Math.ceil(wait / 1000)} s`)
      await clock.sleep(wait)
    }
    return { tries, probe }
  }

  async #probeOne(artifact: Artifact): Promise<Probe> {
    const [probe] = await this.#probe([artifact])
    return probe as Probe
  }

  async #probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    const publisher = this.#publisher
    const question = () => ask(() => publisher.probe(artifacts), this.#effort)
    const probes = await guarded(publisher, 'list the existing files', question)
    failOnProbes(publisher, artifacts, probes, this.#sent)
    return probes
  }

  /** Probes until the artifacts of a batch are visible, and gives each its receipt then. @throws ProblemError */
  async #untilVisible(ended: readonly [Artifact, Sent][]): Promise<void> {
    const { clock, log, patience } = this.#effort
    const start = clock.now()
    let waiting = [...ended].filter(([artifact, { tries, probe }]) => !this.#settle(artifact, tries, probe))
    for (let attempt = 1; waiting.length > 0; attempt++) {
      const artifacts = waiting.map(([artifact]) => artifact)
      const probes = await this.#probe(artifacts)
      const seen = waiting.map(([artifact, sent], index) => ({ artifact, sent, probe: probes[index] as Probe }))
      const late = seen.filter(({ artifact, sent, probe }) => !this.#settle(artifact, sent.tries, probe))
      waiting = late.map(({ artifact, sent }) => [artifact, sent])
      if (late.length === 0) return
      const names = late.map((each) => each.artifact)
      const isLost = late.some(({ sent, probe }) => !isLate(probe, sent))
      if (isLost || clock.now() - start >= patience.deadline)
        throw new ProblemError(notVisible(this.#publisher.target, names, clock.now() - start))
      log.info(`${named(names)}: waiting until ${this.#publisher.target} lists ${names.length === 1 ? 'it' : 'them'}`)
      await clock.sleep(pauseOf(patience, attempt))
    }
  }

  /** Gives a visible artifact its receipt. Returns whether it is visible. */
  #settle(artifact: Artifact, tries: number, probe: Probe | null): boolean {
    if (probe === null || !isThere(probe)) return false
    this.#settleBefore(artifact)
    this.#earn(artifact, tries > 0 ? 'published' : 'already there', probe)
    this.#effort.log.info(`${artifact.filename}: published on ${this.#publisher.target}`)
    return true
  }

  #earn(artifact: Artifact, status: Receipt['status'], probe: Probe): void {
    const { name: publisher, target } = this.#publisher
    const at = { url: probe.url, digest: probe.digest ?? `sha256:${artifact.sha256}` }
    const given = { artifact: artifact.filename, status, at }
    this.#done.set(artifact, giveReceipt({ publisher, target }, given, this.#effort.onReceipt))
  }
}

/** Whether an artifact may be sent: the remote has nothing under its name, or something replaceable. */
function isSendable({ state }: Probe): boolean {
  return state === 'absent' || state === 'stale'
}

/** Whether an artifact may still become visible. */
function isLate(probe: Probe, { probe: atLast }: Sent): boolean {
  return probe.state === 'pending' || (isSendable(probe) && atLast === null)
}

function named([first, ...others]: readonly Artifact[]): string {
  return `${first?.filename}${others.length > 0 ? ` and ${others.length} more` : ''}`
}

function notVisible(target: string, late: readonly Artifact[], milliseconds: number): Problem {
  const it = late.length === 1 ? 'it' : 'them'
  return error(
    'not-visible',
    `${target} accepted ${named(late)} but does not list ${it} ${duration(milliseconds)} later.`,
    'Run the release again later: it checks what the registry has and sends nothing twice.',
  )
}

function duration(milliseconds: number): string {
  return milliseconds < 120_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 60_000)} min`
}
