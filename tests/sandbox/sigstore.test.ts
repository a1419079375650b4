import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { crypto, RFC3161Timestamp, X509Certificate } from '@sigstore/core'
import { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } from '@sigstore/sign'
import { startSandbox } from '@slipway/sandbox/start'
import { type Tested, temporaryFolder, tested } from './harness.ts'

const DATA = { data: Buffer.from('{"_type":"x"}'), type: 'application/vnd.in-toto+json' }

/** Requests an ID token of the sandbox, as a job does. */
async function token({ oidc }: Pick<Tested, 'oidc'>, audience = 'sigstore'): Promise<string> {
  const response = await fetch(`${oidc.request}&audience=${audience}`, {
    headers: { authorization: `Bearer ${oidc.token}` },
  })
  return ((await response.json()) as { value: string }).value
}

function signer({ sigstore }: Pick<Tested, 'sigstore'>, getToken: () => Promise<string>) {
  const options = { retry: false, timeout: 5000 }
  const at = new FulcioSigner({ ...options, fulcioBaseURL: sigstore.fulcio, identityProvider: { getToken } })
  const witnesses = [
    new RekorWitness({ ...options, rekorBaseURL: sigstore.rekor }),
    new TSAWitness({ ...options, tsaBaseURL: sigstore.timestamp }),
  ]
  return new DSSEBundleBuilder({ signer: at, witnesses })
}

const certificateOf = (bundle: Awaited<ReturnType<DSSEBundleBuilder['create']>>) => {
  const { content } = bundle.verificationMaterial
  if (content.$case !== 'certificate') throw new Error('no certificate')
  return X509Certificate.parse(content.certificate.rawBytes as Buffer<ArrayBuffer>)
}

const values = (certificate: X509Certificate, ...oids: number[]) =>
  oids.map((each) => certificate.extension(`1.3.6.1.4.1.57264.1.${each}`)?.valueObj.subs[0]?.value.toString())

test('a certificate describes its workflow as Fulcio’s do', async () => {
  const sandbox = await tested()
  await sandbox.steer.setClaims({
    repository: 'o/n',
    sha: 'a'.repeat(40),
    ref: 'refs/tags/v2.0.0',
    workflow_ref: 'o/n/.github/workflows/release.yml@refs/tags/v2.0.0',
    job_workflow_ref: 'o/flows/.github/workflows/build.yml@refs/heads/main',
    repository_visibility: 'private',
    run_id: '7',
    run_attempt: '2',
  })
  const bundle = await signer(sandbox, () => token(sandbox)).create(DATA)
  const certificate = certificateOf(bundle)
  expect(values(certificate, 8, 9, 12, 13, 14, 18, 20, 21, 22)).toEqual([
    'https://token.actions.githubusercontent.com',
    'https://github.com/o/flows/.github/workflows/build.yml@refs/heads/main',
    'https://github.com/o/n',
    'a'.repeat(40),
    'refs/tags/v2.0.0',
    'https://github.com/o/n/.github/workflows/release.yml@refs/tags/v2.0.0',
    'push',
    'https://github.com/o/n/actions/runs/7/attempts/2',
    'private',
  ])
  expect(certificate.subjectAltName).toBe('https://github.com/o/flows/.github/workflows/build.yml@refs/heads/main')
  const effects = (await sandbox.steer.log()).flatMap((each) => each.effect ?? [])
  expect(effects).toEqual([
    expect.stringMatching(/^ID token issued/),
    expect.stringMatching(/^certificate issued to https:\/\/github.com\/o\/flows\//),
    expect.stringMatching(/^(signature logged as entry \d+|time stamped)$/),
    expect.stringMatching(/^(signature logged as entry \d+|time stamped)$/),
  ])
})

test('a time stamp covers the signature, with a certificate of the trusted root', async () => {
  const sandbox = await tested()
  const bundle = await signer(sandbox, () => token(sandbox)).create(DATA)
  const stamped = bundle.verificationMaterial.timestampVerificationData?.rfc3161Timestamps[0]?.signedTimestamp
  const root = (await (await fetch(sandbox.sigstore.trustedRoot)).json()) as {
    timestampAuthorities: { certChain: { certificates: { rawBytes: string }[] } }[]
  }
  const der = root.timestampAuthorities[0]?.certChain.certificates[0]?.rawBytes ?? ''
  const publicKey = crypto.createPublicKey(X509Certificate.parse(Buffer.from(der, 'base64')).publicKey)
  const { sig } = bundle.content.dsseEnvelope.signatures[0] as { sig: Buffer }
  const timestamp = RFC3161Timestamp.parse(stamped as Buffer<ArrayBuffer>)
  expect(() => timestamp.verify(sig as Buffer<ArrayBuffer>, publicKey)).not.toThrow()
  expect(() => timestamp.verify(Buffer.from('other'), publicKey)).toThrow()
})

test.each<[string, (sandbox: Tested) => Promise<string>]>([
  ['for another audience', (sandbox) => token(sandbox, 'pypi')],
  [
    'of another issuer',
    async (sandbox) => {
      const foreign = await tested()
      await sandbox.steer.counters()
      return token(foreign)
    },
  ],
  [
    'that was changed',
    async (sandbox) => {
      const [header, claims = '', signature] = (await token(sandbox)).split('.')
      const changed = JSON.parse(Buffer.from(claims, 'base64url').toString())
      return [header, Buffer.from(JSON.stringify({ ...changed, run_id: '9' })).toString('base64url'), signature].join(
        '.',
      )
    },
  ],
])('a token %s gets no certificate', async (_, made) => {
  const sandbox = await tested()
  const identityToken = await made(sandbox)
  await expect(signer(sandbox, async () => identityToken).create(DATA)).rejects.toThrow(/\(401\).*identity token/)
})

test('a certificate needs the private key, and a log entry a signature by it', async () => {
  const sandbox = await tested()
  const { fulcio, rekor } = sandbox.sigstore
  const post = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const certificateRequest = {
    credentials: { oidcIdentityToken: await token(sandbox) },
    publicKeyRequest: { publicKey: { content: 'none' }, proofOfPossession: 'eA==' },
  }
  expect((await post(`${fulcio}/api/v2/signingCert`, certificateRequest)).status).toBe(400)
  expect((await post(`${fulcio}/api/v2/signingCert`, null)).status).toBe(401)
  const bundle = await signer(sandbox, () => token(sandbox)).create(DATA)
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope
  const entry = (text: Buffer) => {
    const sigs = signatures.map(({ sig }) => ({ sig: sig.toString('base64') }))
    const envelope = JSON.stringify({ payload: text.toString('base64'), payloadType, signatures: sigs })
    const verifiers = [Buffer.from(String(certificateOf(bundle) && pem(bundle))).toString('base64')]
    return { kind: 'dsse', apiVersion: '0.0.1', spec: { proposedContent: { envelope, verifiers } } }
  }
  expect((await post(`${rekor}/api/v1/log/entries`, entry(payload))).status).toBe(201)
  for (const wrong of [entry(Buffer.from('other')), { kind: 'hashedrekord' }, null, { ...entry(payload), spec: {} }]) {
    expect((await post(`${rekor}/api/v1/log/entries`, wrong)).status).toBe(400)
  }
})

const pem = (bundle: Awaited<ReturnType<DSSEBundleBuilder['create']>>) => {
  const { content } = bundle.verificationMaterial
  const der = content.$case === 'certificate' ? content.certificate.rawBytes.toString('base64') : ''
  return `-----BEGIN CERTIFICATE-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`
}

test('the trusted root survives a restart; keys are created on first use, readable by their owner only', async () => {
  const dir = temporaryFolder()
  const first = await startSandbox({ dir, cargoUpstream: null })
  const root = async (url: string) => (await (await fetch(url)).json()) as Record<string, unknown>
  const before = await root(first.description.sigstore.trustedRoot)
  await first.close()
  const again = await tested({ dir })
  expect(await root(again.sigstore.trustedRoot)).toEqual(before)
  await signer(again, () => token(again)).create(DATA)
  const after = await root(again.sigstore.trustedRoot)
  expect({ ...after, timestampAuthorities: [] }).toEqual(before)
  for (const name of ['fulcio', 'ctlog', 'rekor', 'timestamp']) {
    const file = join(dir, 'sigstore', `${name}.pem`)
    expect([name, statSync(file).mode & 0o077]).toEqual([name, 0])
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toHaveLength(64)
  }
})
