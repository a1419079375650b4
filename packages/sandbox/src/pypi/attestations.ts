import { MAX_ATTESTATIONS } from '../limits.ts'
import { type Answer, json, type Request } from '../service.ts'
import type { Project, ProjectFile, TrustedLogin } from './state.ts'
import { type Attestation, type Attested, isAttestation, verifyAttestation } from './verify-attestation.ts'
import { versionKey } from './version.ts'

/**
 * Reads and verifies the field `attestations` of an upload (PEP 740; warehouse, attestations/services.py).
 * @returns the attestations, or PyPI's message if it refuses them
 */
export function readAttestations(
  field: string,
  login: TrustedLogin | null,
  file: Omit<Attested, 'publisher'>,
): unknown[] | string {
  const no = (why: string) => `Invalid attestations supplied during upload: ${why}`
  if (login === null) return no('Attestations are only supported when using Trusted Publishing')
  let value: unknown
  try {
    value = JSON.parse(field)
  } catch (error) {
    return no(`Malformed attestations: ${(error as Error).message}`)
  }
  if (!Array.isArray(value)) return no('Malformed attestations: Input should be a valid list')
  if (value.length === 0) return no('Malformed attestations: an empty attestation set is not permitted')
  const malformed = value.findIndex((each) => !isAttestation(each))
  if (malformed >= 0) return no(`Malformed attestations: 1 validation error for list[Attestation]\n${malformed}`)
  if (value.length > MAX_ATTESTATIONS) return no(`A maximum of ${MAX_ATTESTATIONS} attestations per file are supported`)
  const seen: string[] = []
  for (const each of value as Attestation[]) {
    const found = verifyAttestation(each, { ...file, publisher: login.publisher })
    if (typeof found === 'string') {
      return no(`Could not verify the uploaded artifact using the included attestation: Verification failed: ${found}`)
    }
    if (seen.includes(found.type)) {
      return no(
        `Multiple attestations for the same file with the same predicate type (${found.type}) are not supported`,
      )
    }
    seen.push(found.type)
  }
  return value
}

/** Returns the path of a file's provenance. */
export function provenancePath(project: string, { version, filename }: ProjectFile): string {
  return `/integrity/${project}/${version}/${filename}/provenance`
}

const TYPE = 'application/vnd.pypi.integrity.v1+json'

/** Answers with the provenance object of a file (PEP 740, "Provenance objects"; warehouse, api/integrity.py). */
export function provenance(request: Request, project: Project | undefined, version: string, filename: string): Answer {
  const matches = (file: ProjectFile) => file.filename === filename && versionKey(file.version) === versionKey(version)
  const file = project?.files.find(matches)
  if (!file) return json(404, { message: 'Not Found' })
  const accepts = [TYPE, 'application/json', 'application/*', '*/*']
  const { accept = '*/*' } = request.headers
  if (!accept.split(',').some((each) => accepts.includes(each.split(';')[0]?.trim() ?? ''))) {
    return json(406, { message: 'Request not acceptable' })
  }
  const { attestations, publisher } = file
  if (!attestations || !publisher) return json(404, { message: `No provenance available for ${filename}` })
  const { repository, workflow, environment = null } = publisher
  const bundle = { publisher: { kind: 'GitHub', repository, workflow, environment }, attestations }
  return json(200, { version: 1, attestation_bundles: [bundle] }, { 'content-type': TYPE, vary: 'Accept' })
}
