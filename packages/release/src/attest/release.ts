import { MANIFEST_FILE } from '@slipway/artifacts/manifest'
import type { Artifact } from '@slipway/core/artifact'
import { imageName } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import { ask, guarded, PUBLIC_PATIENCE } from '@slipway/core/patience'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { giveReceipt, type Receipt } from '@slipway/core/receipt'
import { endpointsOf } from '@slipway/registries/endpoints'
import { AttestationClient, isUnavailable } from '@slipway/registries/github/attestations'
import { signerOf } from '@slipway/registries/signing/certificate'
import { slsaProvenance } from '@slipway/registries/signing/provenance'
import { type Bundle, type Signing, signStatement } from '@slipway/registries/signing/sign'
import { SLSA_PROVENANCE, type Statement, statementIn, statementOf } from '@slipway/registries/signing/statement'
import type { Claims } from '@slipway/registries/trusted/id-token'
import { assembledAssets } from '../handover/handover.ts'
import { manifestArtifacts } from '../job/artifacts.ts'
import { requireRepository } from '../job/github.ts'
import type { JobOptions } from '../job/options.ts'
import { planOfJob } from '../job/plan.ts'
import { tokensOf } from '../job/tokens.ts'
import { attestationsLeftOut, signingUnavailable } from './problems.ts'
import { jobClaims } from './pypi.ts'

/** Options of attesting a release. */
export type AttestOptions = Pick<
  JobOptions,
  'dir' | 'tag' | 'manifest' | 'manifestSha256' | 'store' | 'tokens' | 'mask'
>

/** A job that attests a release, and its receipts so far, also after a failure. */
export interface AttestJob {
  receipts: readonly Receipt[]
  /** @throws ProblemError */
  go(): Promise<void>
}

/** An artifact to attest, under the name that verifiers see. */
interface Subject {
  artifact: Pick<Artifact, 'filename' | 'sha256'>
  name: string
}

const TARGET = 'GitHub attestations'
const RETRY_HINT = 'Rerun the job later; existing attestations are kept and not repeated.'

/**
 * Attests the workflow and commit that built the artifacts of an assembled release (SLSA, provenance v1), each with an
 * attestation on GitHub. Skips artifacts that this workflow already attested at the same commit. Runs no project code.
 * @throws ProblemError `no-repository`
 */
export function attestRelease(ports: Ports, options: AttestOptions): AttestJob {
  const { env, log } = ports
  requireRepository(env)
  const receipts: Receipt[] = []
  const go = async () => {
    const subjects = await subjectsOf(ports, options)
    const claims = await claimsFor(ports, options)
    const { signing: services, github } = endpointsOf(env)
    // A public log would reveal the name of a private repository.
    const service = claims.repository_visibility === 'public' ? services.public : services.github
    const token = tokensOf(env, options.tokens ?? {}, options.mask).github ?? null
    const client = new AttestationClient(ports, {
      api: github.api,
      repository: env.GITHUB_REPOSITORY as string,
      token,
    })
    const job = { ports, claims, client, signing: { ports, service, mask: options.mask } }
    for (const subject of subjects) {
      const receipt = await attest(job, subject).catch((cause: unknown) => nullIfUnavailable(cause))
      if (receipt === null) {
        const isPublic = claims.repository_visibility === 'public'
        const where = isPublic ? 'on this server' : ", which is not public, under its owner's plan"
        const why = `GitHub keeps no attestations for ${env.GITHUB_REPOSITORY}${isPublic ? ' ' : ''}${where}`
        log.problem(attestationsLeftOut(why, 'Make the repository public, upgrade the plan, or remove this job.'))
        receipts.push(...subjects.slice(receipts.length).map((each) => receiptOf(each, 'skipped', null, why)))
        return
      }
      receipts.push(receipt)
      log.info(`${receipt.artifact}: ${receipt.status === 'published' ? 'attested' : 'already attested'}`)
    }
  }
  return { receipts, go }
}

/** Dependencies of one attestation. */
interface Attesting {
  ports: Ports
  claims: Claims
  client: AttestationClient
  signing: Signing
}

/**
 * Attests one subject, unless this workflow already did. @throws ProblemError; RemoteError if GitHub keeps no
 * attestations
 */
async function attest({ ports, claims, client, signing }: Attesting, subject: Subject): Promise<Receipt> {
  const server = ports.env.GITHUB_SERVER_URL || 'https://github.com'
  const { artifact, name } = subject
  const remote = { name: 'github', target: TARGET }
  const patiently = <T>(what: string, act: () => Promise<T>) =>
    ask(act, { ...ports, patience: PUBLIC_PATIENCE }).catch((cause: unknown) => {
      if (isUnavailable(cause)) throw cause
      if (cause instanceof RemoteError && cause.failure === 'denied') throw new ProblemError(denied(cause, what), cause)
      return guarded(remote, what, () => Promise.reject(cause))
    })
  const existing = await patiently(`query attestations of ${name}`, () => client.list(artifact.sha256))
  for (const each of existing) {
    if (await isOurs(each, subject, claims)) return receiptOf(subject, 'already there', null)
  }
  const predicate = slsaProvenance(claims, server)
  const statement = statementOf(artifact, { type: SLSA_PROVENANCE, predicate, name })
  const bundle = await signed(statement, signing, name)
  const id = await patiently(`store the attestation of ${name}`, () => client.add(bundle))
  const url = id === null ? null : `${server}/${ports.env.GITHUB_REPOSITORY}/attestations/${id}`
  return receiptOf(subject, 'published', url)
}

/** @throws ProblemError `signing-unavailable` */
function signed(statement: Statement, signing: Signing, name: string): Promise<Bundle> {
  return signStatement(statement, signing).catch((cause: unknown) => {
    if (!(cause instanceof RemoteError)) throw cause
    throw new ProblemError(signingUnavailable(cause, name, RETRY_HINT), cause)
  })
}

/**
 * Returns whether a bundle says the same as this job would: the same workflow built the subject from the same commit.
 */
async function isOurs(bundle: Bundle, { artifact, name }: Subject, claims: Claims): Promise<boolean> {
  const statement = statementIn(bundle.dsseEnvelope?.payload)
  const isSubject = statement?.subject.some((each) => each.name === name && each.digest.sha256 === artifact.sha256)
  if (!isSubject || statement?.predicateType !== SLSA_PROVENANCE) return false
  const signer = await signerOf(bundle)
  return signer?.digest === claims.sha && signer?.buildSigner?.endsWith(`/${claims.job_workflow_ref}`) === true
}

/** Returns null if GitHub keeps no attestations here; rethrows other failures. */
function nullIfUnavailable(cause: unknown): null {
  if (isUnavailable(cause)) return null
  throw cause
}

/** @throws ProblemError `signing-unavailable` */
async function claimsFor(ports: Ports, { mask }: AttestOptions): Promise<Claims> {
  return jobClaims({ ports, mask }).catch((cause: unknown) => {
    if (!(cause instanceof RemoteError)) throw cause
    throw new ProblemError(signingUnavailable(cause, 'the release', RETRY_HINT), cause)
  })
}

/** Returns the files of the release, its manifest, and each image under every name. @throws ProblemError */
async function subjectsOf(ports: Ports, options: AttestOptions): Promise<Subject[]> {
  const plan = await planOfJob(ports, options)
  const files = await assembledAssets(options.manifest)
  const all = (await manifestArtifacts(plan, options.manifest)) ?? []
  if (files === null) throw new ProblemError(notAssembled())
  return [
    ...files.map((artifact) => ({ artifact, name: artifact.filename })),
    ...imagesOf(
      plan,
      all.filter((each) => each.kind === 'image'),
    ),
  ]
}

function imagesOf(plan: Plan, images: readonly Artifact[]): Subject[] {
  return imageBuilds(plan).flatMap(({ project, names }) => {
    const artifact = images.find((each) => each.project === project)
    return artifact ? names.map((each) => ({ artifact, name: imageName(each) })) : []
  })
}

function receiptOf(
  { artifact, name }: Subject,
  status: Receipt['status'],
  url: string | null,
  reason?: string,
): Receipt {
  const at = { url: url ?? undefined, digest: `sha256:${artifact.sha256}` }
  return giveReceipt({ publisher: 'github', target: TARGET }, { artifact: name, status, at, reason })
}

function denied({ message }: RemoteError, what: string) {
  const hint = 'Grant the job `attestations: write`, and pass its token as `github-token`.'
  return error('remote-denied', `${TARGET}: could not ${what}: ${message}`, hint)
}

function notAssembled() {
  const message = `No ${MANIFEST_FILE} of an assembled release, so there is nothing to attest.`
  return error('manifest-missing', message, 'Run assemble before this job, and pass its output `manifest-sha256`.')
}
