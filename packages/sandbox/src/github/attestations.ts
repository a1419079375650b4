import { type Answer, json, type Route } from '../service.ts'
import { type Call, jsonBody, notFound, refusal, repositoryRoute, type Setting } from './call.ts'
import { type Attestation, type AttestationMode, look, numberOf, repository, type State } from './state.ts'

/** GitHub's short names of predicate types in queries. */
const SHORT: Readonly<Record<string, string>> = {
  provenance: 'https://slsa.dev/provenance/v1',
  sbom: 'https://spdx.dev/Document/v2.3',
}

/** Returns the routes of a repository's attestations (REST API: "Create an attestation", "List attestations"). */
export function attestationRoutes(setting: Setting): Route[] {
  const route = repositoryRoute.bind(null, setting)
  return [
    route('POST', '/attestations', 'write', create),
    // Clients may encode the colon.
    route('GET', '/attestations/sha256(?::|%3[Aa])(?<digest>[0-9a-f]{64})', 'read', list),
  ]
}

/** Sets how a repository answers attestations. */
export function setMode(state: State, owner: string, name: string, mode: AttestationMode): void {
  repository(state, owner, name).attestationMode = mode
}

function create(call: Call): Answer {
  const { attestationMode: mode } = look(call.store.state, call.owner, call.name)
  if (mode === 'forbidden') throw refusal(403, 'Resource not accessible by integration')
  if (mode === 'unavailable') {
    // Copied from reports by users of private repositories (actions/attest-build-provenance, issues).
    const message = `Feature not available for the ${call.owner} organization. To enable this feature, please upgrade the billing plan, or make this repository public.`
    throw refusal(400, message)
  }
  const { bundle } = jsonBody(call.request)
  const { subjects, predicateType } = statementIn(bundle)
  return call.store.change((state) => {
    state.lastId += 1
    const made: Attestation = { id: state.lastId, subjects, predicateType, bundle: bundle as object }
    const repo = repository(state, call.owner, call.name)
    repo.attestations = [...(repo.attestations ?? []), made]
    return { ...json(201, { id: made.id }), effect: `attestation ${made.id} of ${subjects.join(', ')} stored` }
  })
}

function list(call: Call): Answer {
  const wanted = call.request.query.get('predicate_type')
  const type = wanted === null ? null : (SHORT[wanted] ?? wanted)
  const digest = call.params.digest ?? ''
  const { attestations = [], owner, name } = look(call.store.state, call.owner, call.name)
  const found = attestations.filter(
    (each) => each.subjects.includes(digest) && (type === null || each.predicateType === type),
  )
  if (found.length === 0) throw notFound()
  const listed = found.map(({ id, bundle }) => ({
    bundle,
    repository_id: numberOf(`${owner}/${name}`),
    bundle_url: `${call.api}/bundles/${id}`,
    initiator: 'user',
  }))
  return json(200, { attestations: listed })
}

/**
 * Returns the digests and the predicate type in a bundle.
 * @throws Refusal 422
 */
function statementIn(bundle: unknown): { subjects: string[]; predicateType: string } {
  const invalid = (why: string) => refusal(422, `Invalid Argument - ${why}`)
  let statement: { subject?: { digest?: { sha256?: unknown } }[]; predicateType?: unknown } | null
  try {
    const { dsseEnvelope, verificationMaterial } = bundle as {
      dsseEnvelope: { payload: string }
      verificationMaterial: object
    }
    if (!verificationMaterial) throw new Error('no verification material')
    statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8'))
  } catch {
    throw invalid('invalid bundle')
  }
  const { subject, predicateType } = statement ?? {}
  if (typeof predicateType !== 'string' || !Array.isArray(subject) || subject.length === 0) {
    throw invalid('invalid statement')
  }
  const subjects = subject.map((each) => each.digest?.sha256)
  if (!subjects.every((each) => typeof each === 'string' && /^[0-9a-f]{64}$/.test(each)))
    throw invalid('invalid digest')
  if (new Set(subject.map((each) => JSON.stringify(each))).size < subject.length) {
    throw invalid('duplicate subject in statement')
  }
  return { subjects: subjects as string[], predicateType }
}
