import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encoded } from '../jwt.ts'
import { IssuerKeys, readUnverified, verifiedClaims } from '../oidc/verify.ts'
import { type Answer, json, Refusal, type Request } from '../service.ts'
import { writeWhole } from '../store.ts'
import { keyPairOf } from './keys.ts'

/** The issuer that verifiers of GitHub's workflows require in a certificate, in place of the sandbox's. */
const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com'

/** Prefix of a workflow's name in its certificate (Fulcio, docs/oidc.md, "GitHub"). */
const GITHUB = 'https://github.com'

const AUDIENCE = 'sigstore'
const LEEWAY = 10

/** A request for a certificate (Fulcio's API, `POST /api/v2/signingCert`). */
interface CertificateRequest {
  credentials?: { oidcIdentityToken?: unknown }
  publicKeyRequest?: { publicKey?: { content?: unknown }; proofOfPossession?: unknown }
}

/** The certificate authority for workflows' keys. */
export interface Fulcio {
  certify(request: Request): Promise<Answer>
  /** Returns its certificate (DER), which stays the same for a folder. */
  root(): Promise<Buffer>
}

/**
 * Makes the authority, with its keys in a folder. Certificates and their extensions (1.3.6.1.4.1.57264.1.*, Fulcio,
 * docs/oid-info.md) come from `@sigstore/mock`, which does not check the token and the proof of possession; they are
 * checked here.
 */
export function fulcio({ folder, issuer }: { folder: string; issuer(): string }): Fulcio {
  const keys = new IssuerKeys(issuer)
  let opened: ReturnType<typeof authority> | null = null
  const open = () => {
    opened ??= authority(folder)
    return opened
  }

  const certify = async (request: Request): Promise<Answer> => {
    const { credentials, publicKeyRequest } = bodyOf(request)
    const claims = await claimsIn(credentials?.oidcIdentityToken, keys, issuer())
    const key = String(publicKeyRequest?.publicKey?.content)
    demandPossession(key, claims.sub ?? '', String(publicKeyRequest?.proofOfPossession))
    // The subject is the workflow that contains the job (Fulcio, docs/oidc.md, "GitHub").
    const subject = `${GITHUB}/${claims.job_workflow_ref}`
    const certificate = await (await open()).issue({ ...claims, iss: GITHUB_ISSUER, sub: subject }, key)
    const chain = { certificates: [pemOf(certificate), pemOf((await open()).root)] }
    return {
      ...json(201, { signedCertificateEmbeddedSct: { chain } }),
      effect: `certificate issued to ${subject}`,
    }
  }

  return { certify, root: async () => (await open()).root }
}

/**
 * Opens the authority of `@sigstore/mock`, from its files, because its index loads nock, which takes over node's HTTP.
 */
async function authority(folder: string) {
  const { fulcioHandler, initializeCA, initializeCTLog } = await import('@sigstore/mock/dist/fulcio/index.js')
  const log = await initializeCTLog(keyPairOf(folder, 'ctlog'))
  const ca = await initializeCA(keyPairOf(folder, 'fulcio'), log)
  const handler = fulcioHandler(ca)
  return {
    root: keptRoot(folder, Buffer.from(ca.rootCertificate.buffer)),
    async issue(claims: object, publicKey: string): Promise<Buffer> {
      const oidcIdentityToken = `${encoded({ alg: 'none' })}.${encoded(claims)}.`
      const request = { credentials: { oidcIdentityToken }, publicKeyRequest: { publicKey: { content: publicKey } } }
      const { statusCode, response } = await handler.fn(JSON.stringify(request))
      if (statusCode !== 201) throw refusal(500, String(response))
      const { signedCertificateEmbeddedSct } = JSON.parse(String(response))
      return derOf(signedCertificateEmbeddedSct.chain.certificates[0])
    },
  }
}

/** Returns the authority's first certificate, since a new one at each start would invalidate trusted roots. */
function keptRoot(folder: string, made: Buffer): Buffer {
  const file = join(folder, 'root.der')
  if (!existsSync(file)) writeWhole(file, made)
  return readFileSync(file)
}

function bodyOf(request: Request): CertificateRequest {
  try {
    return (JSON.parse(request.body.toString('utf8')) ?? {}) as CertificateRequest
  } catch {
    throw refusal(400, 'The request is not JSON')
  }
}

/**
 * Returns the string claims of an ID token.
 * @throws Refusal 401
 */
async function claimsIn(token: unknown, keys: IssuerKeys, issuer: string): Promise<Record<string, string>> {
  const no = refusal(401, 'There was an error processing the identity token')
  const read = readUnverified(String(token))
  if (typeof read?.header.kid !== 'string') throw no
  const key = await keys.find(read.header.kid)
  const claims = key && verifiedClaims(String(token), key, { issuer, audience: AUDIENCE, leeway: LEEWAY })
  if (!claims) throw no
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => typeof value === 'string')) as never
}

/**
 * Demands that the client has the private key: it signed the token's subject.
 * @throws Refusal 400
 */
function demandPossession(key: string, subject: string, proof: string): void {
  let holds = false
  try {
    holds = verify('sha256', Buffer.from(subject), createPublicKey(key), Buffer.from(proof, 'base64'))
  } catch {
    throw refusal(400, 'The public key supplied in the request could not be parsed')
  }
  if (!holds) throw refusal(400, 'The signature supplied in the request could not be verified')
}

/**
 * Returns a refusal in Fulcio's form (gRPC over HTTP, google.rpc.Status), with the messages of Fulcio,
 * pkg/server/error.go.
 */
function refusal(status: 400 | 401 | 500, message: string): Refusal {
  const code = { 400: 3, 401: 16, 500: 13 }[status]
  return new Refusal(json(status, { code, message, details: [] }))
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-{5}[^-]+-{5}|\s/g, ''), 'base64')
}

function pemOf(der: Buffer): string {
  return new X509Certificate(der).toString()
}
