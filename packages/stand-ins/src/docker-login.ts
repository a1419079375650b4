import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { text } from '@slipway/runtime/inputs'
import { runAction } from '@slipway/runtime/main'
import { requireSandbox } from './require-sandbox.ts'

const spec = { registry: text(), username: text(), password: text({ secret: true }) }

/** Replaces docker/login-action: writes the sandbox's login to docker's configuration, as `docker login` does. */
await runAction(async (context) => {
  const { registry = 'docker.io' } = context.inputs(spec)
  const { env } = context.ports
  const { dockerhub, ghcr } = requireSandbox(context.ports)
  // Imported once it is clear that this is a rehearsal, to keep the start fast.
  const { PUBLIC } = await import('@slipway/registries/endpoints')
  const isHub = /^(?:https:\/\/)?(?:index\.)?docker\.io(?:\/|$)/.test(registry)
  const { username, password } = isHub ? dockerhub : ghcr
  const folder = env.DOCKER_CONFIG || join(env.HOME ?? homedir(), '.docker')
  const file = join(folder, 'config.json')
  const config = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const auth = Buffer.from(`${username}:${password}`).toString('base64')
  await mkdir(folder, { recursive: true })
  const auths = { ...config.auths, [isHub ? PUBLIC.dockerhub.login : registry]: { auth } }
  await writeFile(file, `${JSON.stringify({ ...config, auths }, null, 2)}\n`, { mode: 0o600 })
})
