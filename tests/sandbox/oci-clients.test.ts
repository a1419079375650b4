import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { OciName } from '@slipway/sandbox/oci/registry'
import { startDocker } from '../engines/harness.ts'
import { needs } from '../tools.ts'
import { makeTarball, run, succeed, type Tested, temporaryFolder, tested } from './harness.ts'
import { effects } from './oci-client.ts'

const cases = [
  ['dockerhub', 'token'],
  ['dockerhub', 'basic'],
  ['ghcr', 'token'],
  ['ghcr', 'basic'],
] as const

/** Returns `127.0.0.1:PORT` of a registry. */
const hostOf = (sandbox: Tested, service: OciName) => new URL(sandbox[service].registry).host

/** Writes a client configuration with a login at each registry and extra properties; returns its folder. */
function loggedIn(sandbox: Tested, more: (service: OciName) => object = () => ({})): string {
  const folder = temporaryFolder()
  const login = (service: OciName) => {
    const { username, password } = sandbox[service]
    return { auth: Buffer.from(`${username}:${password}`).toString('base64'), ...more(service) }
  }
  const auths = Object.fromEntries((['dockerhub', 'ghcr'] as const).map((each) => [hostOf(sandbox, each), login(each)]))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }))
  return folder
}

/** Writes a layer with one file. */
function layer(content: string): string {
  const file = join(temporaryFolder(), 'layer.tar.gz')
  writeFileSync(file, makeTarball('app', { 'file.txt': content }))
  return file
}

/**
 * Returns the effects after the first `after`, sorted and without digests: `blob`, `mounted`, `again`, `manifest`,
 * `tag`.
 */
async function kinds(sandbox: Tested, service: OciName, after = 0): Promise<string[]> {
  const all = (await effects(sandbox, service)).slice(after).flatMap((each) => each.split('; '))
  return all.map((each) => /mounted|again$/.exec(each)?.[0] ?? (each.split(' ')[0] as string)).sort()
}

needs('crane').each(cases)(
  'crane pushes to %s by %s, mounts, lists and pulls the same image',
  async (service, mode) => {
    const sandbox = await tested()
    await sandbox.steer.setOciAuth(service, mode)
    const host = hostOf(sandbox, service)
    const crane = async (...args: string[]) => {
      const env = { DOCKER_CONFIG: loggedIn(sandbox) }
      return (await succeed(['crane', ...args], { env })).stdout.trim()
    }
    await crane('append', '--new_layer', layer('one'), '--new_tag', `${host}/own/app:1.0`)
    const digest = await crane('digest', `${host}/own/app:1.0`)
    expect(await kinds(sandbox, service)).toEqual(['blob', 'blob', 'manifest', 'tag'])
    let before = (await effects(sandbox, service)).length
    await crane('copy', `${host}/own/app:1.0`, `${host}/own/other:1.0`)
    expect(await kinds(sandbox, service, before)).toEqual(['manifest', 'mounted', 'mounted', 'tag'])
    await crane('tag', `${host}/own/app:1.0`, 'latest')
    expect(await crane('ls', `${host}/own/app`)).toBe('1.0\nlatest')
    expect(await crane('digest', `${host}/own/other:1.0`)).toBe(digest)
    before = (await effects(sandbox, service)).length
    const archive = join(temporaryFolder(), 'image.tar')
    await crane('pull', `${host}/own/app@${digest}`, archive)
    await crane('push', archive, `${host}/own/app:latest`)
    expect((await effects(sandbox, service)).length).toBe(before)
    // Strangers may pull from a public repository, and push to none.
    const stranger = { env: { DOCKER_CONFIG: temporaryFolder() } }
    const pulled = await run(['crane', 'digest', `${host}/own/app:1.0`], stranger)
    expect([pulled.code, pulled.stdout.trim()]).toEqual(mode === 'token' ? [0, digest] : [1, ''])
    const pushed = await run(['crane', 'push', archive, `${host}/own/app:2.0`], stranger)
    expect([pushed.code, pushed.stderr]).toEqual([1, expect.stringContaining(mode === 'token' ? 'DENIED' : '401')])
    expect((await effects(sandbox, service)).length).toBe(before)
  },
)

needs('crane', 'skopeo')(
  'skopeo copies an index from one registry to the other, with an identity token too',
  async () => {
    const sandbox = await tested()
    const [from, to] = [`${hostOf(sandbox, 'dockerhub')}/own/app`, `${hostOf(sandbox, 'ghcr')}/own/app`]
    const config = loggedIn(sandbox)
    const crane = (...args: string[]) => succeed(['crane', ...args], { env: { DOCKER_CONFIG: config } })
    for (const tag of ['one', 'two']) await crane('append', '--new_layer', layer(tag), '--new_tag', `${from}:${tag}`)
    await crane('index', 'append', '--manifest', `${from}:one`, '--manifest', `${from}:two`, '--tag', `${from}:1.0`)
    const skopeo = (authfile: string, ...args: string[]) => run(['skopeo', ...args, '--authfile', authfile])
    const copy = (authfile: string, tag: string) =>
      skopeo(
        authfile,
        ...['copy', '--all', '--src-tls-verify=false', '--dest-tls-verify=false'],
        ...[`docker://${from}:1.0`, `docker://${to}:${tag}`],
      )
    expect(await copy(join(config, 'config.json'), '1.0')).toMatchObject({ code: 0 })
    expect(await kinds(sandbox, 'ghcr')).toEqual([
      ...['blob', 'blob', 'blob', 'blob'],
      ...['manifest', 'manifest', 'manifest', 'tag'],
    ])
    const inspected = await skopeo(
      join(config, 'config.json'),
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${to}:1.0`,
    )
    expect(JSON.parse(inspected.stdout).manifests).toHaveLength(2)

    const { registry, username, password } = sandbox.ghcr
    const form = {
      grant_type: 'password',
      username,
      password,
      service: 'ghcr',
      client_id: 'test',
      access_type: 'offline',
    }
    const answer = await fetch(`${registry}/token`, { method: 'POST', body: new URLSearchParams(form) })
    const { refresh_token: identitytoken } = (await answer.json()) as { refresh_token: string }
    const token = (service: OciName) =>
      service === 'ghcr' ? { auth: Buffer.from('slipway:').toString('base64'), identitytoken } : {}
    expect(await copy(join(loggedIn(sandbox, token), 'config.json'), '1.1')).toMatchObject({ code: 0 })
    const wrong = (service: OciName) => (service === 'ghcr' ? { ...token(service), identitytoken: 'wrong' } : {})
    expect(await copy(join(loggedIn(sandbox, wrong), 'config.json'), '1.2')).toMatchObject({ code: 1 })
    expect((await effects(sandbox, 'ghcr')).slice(-1)).toEqual([expect.stringMatching(/^tag own\/app:1\.1 -> /)])
  },
)

needs('dockerd', 'docker').each(cases)(
  'docker logs in to %s by %s, pushes, pulls by digest, and may not move an immutable tag',
  async (service, mode) => {
    const sandbox = await tested()
    await sandbox.steer.setOciAuth(service, mode)
    const folder = temporaryFolder()
    const { env, close } = await startDocker(folder)
    try {
      const { username, password } = sandbox[service]
      const image = `${hostOf(sandbox, service)}/own/app`
      const docker = async (...args: string[]) => (await succeed(['docker', ...args], { env })).stdout.trim()
      const login = (secret: string) => {
        const file = join(folder, 'secret')
        writeFileSync(file, secret)
        const script = 'exec docker login --username "$1" --password-stdin "$2" < "$3"'
        return run(['sh', '-c', script, 'sh', username, hostOf(sandbox, service), file], { env })
      }
      const made = (content: string, tag: string) => docker('import', layer(content), `${image}:${tag}`)
      await made('one', '1.0')
      expect((await run(['docker', 'push', `${image}:1.0`], { env })).code).toBe(1)
      expect(await login('wrong')).toMatchObject({ code: 1, stderr: expect.stringMatching(/unauthorized/i) })
      expect(await login(password)).toMatchObject({ code: 0 })
      const saved = JSON.parse(readFileSync(join(env.DOCKER_CONFIG as string, 'config.json'), 'utf8'))
      expect(Object.values(saved.auths)).toEqual([{ auth: Buffer.from(`${username}:${password}`).toString('base64') }])
      expect(await effects(sandbox, service)).toEqual([])
      const digest = /digest: (sha256:\w+)/.exec(await docker('push', `${image}:1.0`))?.[1]
      expect(await kinds(sandbox, service)).toEqual(['blob', 'blob', 'manifest', 'tag'])
      await docker('push', `${image}:1.0`)
      expect(await kinds(sandbox, service)).toEqual(['blob', 'blob', 'manifest', 'tag'])
      await docker('rmi', `${image}:1.0`)
      await docker('pull', `${image}@${digest}`)
      expect(await docker('image', 'inspect', '--format', '{{.RepoDigests}}', `${image}@${digest}`)).toBe(
        `[${image}@${digest}]`,
      )
      await sandbox.steer.setImmutableTags(service, 'own/app', true)
      await made('two', '1.0')
      const refused = await run(['docker', 'push', `${image}:1.0`], { env })
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('denied: tag 1.0 is immutable') })
    } finally {
      await close()
    }
  },
)
