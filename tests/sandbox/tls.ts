import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { atEnd, succeed, temporaryFolder } from './harness.ts'

/**
 * Puts TLS in front of a service until the test ends, because uv requests tokens by https only. Returns the address and
 * the file of the certificate to trust. Needs openssl.
 */
export async function withTls(address: string): Promise<{ origin: string; certificate: string }> {
  const dir = temporaryFolder()
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')]
  await succeed([
    ...['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate],
    ...['-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  ])
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (incoming, response) => {
    const { method, headers } = incoming
    const forwarded = request(new URL(incoming.url ?? '/', address), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    server.close()
    server.closeAllConnections()
  })
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate }
}
