import type { Artifact } from './artifact.ts'
import { ask, type Effort, guarded, nextPause, outcome, pauseOf, reasonOf, remoteProblem } from './patience.ts'
import { failOnProbes, isThere, type Shipment } from './preflight.ts'
import { error, ProblemError } from './problem.ts'
import type { Probe, Publisher, Receipt } from './publisher.ts'

/**
 * Publishes the artifacts that the remote does not have yet, in order. Sends an artifact again only when a probe after the
 * failure shows that it is absent.
 * @throws ProblemError when the remote has different content (then nothing was sent), refuses a file, or does not answer
 */
export async function publishOnce({ publisher, artifacts }: Shipment, effort: Effort): Promise<Receipt[]> {
  const probes = await guarded(publisher, 'list the existing files', () =>
    ask(() => publisher.probe(artifacts), effort),
  )
  failOnProbes(publisher, artifacts, probes, 0)
  const receipts: Receipt[] = []
  for (const [index, artifact] of artifacts.entries()) {
    const probe = probes[index] as Probe
    if (isThere(probe)) {
      receipts.push(recordReceipt(publisher, artifact, 'already there', probe, effort))
      effort.log.info(`${artifact.filename}: already on ${publisher.target}`)
    } else {
      const sent = receipts.filter((each) => each.status === 'published').length
      receipts.push(await publishOne(publisher, artifact, probe, { ...effort, sent }))
    }
  }
  return receipts
}

/** The effort of a step, with the number of files that it has sent. */
type Underway = Effort & { sent: number }

/** Whether an artifact may be sent: the remote has no file of that name, or one that may be replaced. */
function isSendable({ state }: Probe): boolean {
  return state === 'absent' || state === 'stale'
}

async function publishOne(publisher: Publisher, artifact: Artifact, probe: Probe, effort: Underway): Promise<Receipt> {
  const { clock, log } = effort
  const start = clock.now()
  let now = probe
  let failure: Awaited<ReturnType<typeof outcome>> = null
  let attempt = 0
  let accepted = false
  while (isSendable(now) && !accepted) {
    if (failure) {
      const wait = nextPause(failure, attempt, start, effort)
      if (wait === null) throw new ProblemError(remoteProblem(failure, publisher, `send ${artifact.filename}`), failure)
      log.info(`${artifact.filename}: ${reasonOf(failure)}; trying again in ${Math.ceil(wait / 1000)} s`)
      await clock.sleep(wait)
    }
    attempt += 1
    failure = await outcome(() => publisher.publish(artifact))
    // "Name taken" means that the remote has a file, visible or not yet; the probe then compares it.
    accepted = failure === null || failure.failure === 'taken'
    // After any other failure the request may still have taken effect, so only a probe decides.
    if (!accepted) now = await probeOne(publisher, artifact, effort)
  }
  const seen = await untilVisible(publisher, artifact, effort, accepted)
  log.info(`${artifact.filename}: published on ${publisher.target}`)
  return recordReceipt(publisher, artifact, attempt > 0 ? 'published' : 'already there', seen, effort)
}

/** Probes until the artifact is visible. `accepted`: the remote accepted it, so while it is absent it is only late. */
async function untilVisible(
  publisher: Publisher,
  artifact: Artifact,
  effort: Underway,
  accepted: boolean,
): Promise<Probe> {
  const { clock, log, patience } = effort
  const start = clock.now()
  for (let attempt = 1; ; attempt++) {
    const probe = await probeOne(publisher, artifact, effort)
    if (isThere(probe)) return probe
    const late = probe.state === 'pending' || (isSendable(probe) && accepted)
    if (!late || clock.now() - start >= patience.deadline) {
      throw new ProblemError(
        error(
          'not-visible',
          `${publisher.target} accepted ${artifact.filename} but does not list it ${minutes(clock.now() - start)} later.`,
          'Run the release again later: it checks what the registry has and sends nothing twice.',
        ),
      )
    }
    const wait = pauseOf(patience, attempt)
    log.info(`${artifact.filename}: waiting until ${publisher.target} lists it`)
    await clock.sleep(wait)
  }
}

async function probeOne(publisher: Publisher, artifact: Artifact, effort: Underway): Promise<Probe> {
  const [probe] = await guarded(publisher, 'list the existing files', () =>
    ask(() => publisher.probe([artifact]), effort),
  )
  failOnProbes(publisher, [artifact], [probe as Probe], effort.sent)
  return probe as Probe
}

function recordReceipt(
  publisher: Publisher,
  artifact: Artifact,
  status: Receipt['status'],
  probe: Probe,
  effort: Effort,
): Receipt {
  const receipt: Receipt = {
    publisher: publisher.name,
    artifact: artifact.filename,
    target: publisher.target,
    status,
    url: probe.url ?? null,
    digest: probe.digest ?? `sha256:${artifact.sha256}`,
  }
  effort.onReceipt?.(receipt)
  return receipt
}

function minutes(milliseconds: number): string {
  return milliseconds < 120_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 60_000)} min`
}
