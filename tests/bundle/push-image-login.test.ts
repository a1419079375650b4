import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { OciName } from '@slipway/sandbox/oci/registry'
import { writeImage } from '../contract/image.ts'
import { succeed, type Tested, temporaryFolder, tested } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import type { Step } from './action.ts'
import {
  changes,
  commitOf,
  done,
  hostOf,
  imageProject,
  loggedIn,
  namesAt,
  onlyPath,
  push,
  titles,
} from './push-image.ts'

// Here no engine is on PATH.
const test = needs('busybox', 'skopeo')

const writes = async (sandbox: Tested) =>
  (await sandbox.steer.log()).filter((each) => !['GET', 'HEAD'].includes(each.method))

/** Runs where nothing could be built, so every problem is reported before a build. */
async function early(
  sandbox: Tested,
  inputs: Record<string, string> = {},
  env: Record<string, string> = {},
  files = {},
) {
  return push(sandbox, await imageProject(files), inputs, { PATH: await onlyPath(), ...env })
}

/** The reported problem, which is only one. */
function told(step: Step): string {
  expect([step.code, step.annotations.length, step.outputs, step.stderr]).toEqual([1, 1, {}, ''])
  return `${titles(step)[0]}: ${step.annotations[0]?.message}`
}

test('every missing login is reported before anything is built or queried', async () => {
  const sandbox = await tested()
  const step = await early(sandbox, {}, { DOCKER_CONFIG: temporaryFolder() })
  expect([step.code, titles(step)]).toEqual([1, ['registry-login-missing', 'registry-login-missing']])
  for (const each of ['dockerhub', 'ghcr'] as const) {
    expect(
      step.annotations.filter(({ message }) => message.includes(`docker login ${hostOf(sandbox, each)}`)),
    ).toHaveLength(1)
  }
  const one = await early(sandbox, {}, { DOCKER_CONFIG: loggedIn(sandbox, ['ghcr']) })
  expect(told(one)).toMatch(`registry-login-missing: No login for ${hostOf(sandbox, 'dockerhub')}`)
  expect(await sandbox.steer.log()).toEqual([])
})

test.each([
  ['token', 'token'],
  ['basic', 'basic'],
] as const)('a wrong password is told before anything is built (%s)', async (_, mode) => {
  const sandbox = await tested()
  for (const each of ['dockerhub', 'ghcr'] as const) await sandbox.steer.setOciAuth(each, mode)
  const config = loggedIn(sandbox)
  const { auths } = JSON.parse(readFileSync(join(config, 'config.json'), 'utf8'))
  auths[hostOf(sandbox, 'ghcr')] = { auth: Buffer.from('slipway:hush-wrong').toString('base64') }
  writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }))
  const step = await early(sandbox, {}, { DOCKER_CONFIG: config })
  expect(told(step)).toMatch(`remote-denied: ${hostOf(sandbox, 'ghcr')}/own/app: could not read 1.2.0: HTTP 401`)
  expect(step.stdout).toContain('::add-mask::hush-wrong')
  expect(step.seen).not.toContain('hush')
  expect(await writes(sandbox)).toEqual([])
})

test.each([
  ['own/App', 'image-name-invalid'],
  ['Own/app', 'image-name-invalid'],
  ['ghcr.io/own/app:1.2.0', 'image-name-invalid'],
  [`own/app@sha256:${'a'.repeat(64)}`, 'image-name-invalid'],
  ['https://ghcr.io/own/app', 'image-name-invalid'],
  ['own/app;id', 'image-name-invalid'],
])('%s is no name of a repository', async (images, code) => {
  const sandbox = await tested()
  const step = await early(sandbox, { images: `${namesAt(sandbox)}\n${images}` })
  expect(told(step)).toMatch(`${code}: ${JSON.stringify(images)}`)
  expect(await sandbox.steer.log()).toEqual([])
})

test('of two images one must be named; a name must come from somewhere', async () => {
  const sandbox = await tested()
  const host = hostOf(sandbox, 'ghcr')
  const compose = `services:
  one: { build: ., image: "${host}/own/one:1.2.0" }
  two: { build: { context: ., dockerfile: Other }, image: "${host}/own/two:1.2.0" }
`
  const files = { 'compose.yaml': compose, Other: 'FROM scratch\n' }
  const several = await early(sandbox, { images: '' }, {}, files)
  expect(told(several)).toMatch(/^several-images: .*\(Dockerfile, Other\)/)
  // Without a name there is nowhere to push: skipped, with the reason.
  const skipped = await early(sandbox, { images: '' })
  expect([skipped.code, skipped.annotations, skipped.outputs.digest]).toEqual([0, [], ''])
  expect(skipped.summary).toContain('Image: skipped')
  expect(await sandbox.steer.log()).toEqual([])
  // What is asked for is that one; then there is nothing to build it with.
  expect(told(await early(sandbox, { images: '', file: 'Other' }, {}, files))).toMatch(/^no-engine: /)
  const asked = (await sandbox.steer.log()).filter((each) => each.path.includes('/manifests/'))
  expect(asked.map((each) => each.path)).toContain('/v2/own/two/manifests/1.2.0')
  expect(asked.map((each) => each.path).join()).not.toContain('/own/one/')
})

/** What `docker login` would be given in place of the password. */
async function identityToken(sandbox: Tested, service: OciName): Promise<string> {
  const { registry, username, password } = sandbox[service]
  const form = { grant_type: 'password', username, password, service, client_id: 'test', access_type: 'offline' }
  const answer = await fetch(`${registry}/token`, { method: 'POST', body: new URLSearchParams(form) })
  return ((await answer.json()) as { refresh_token: string }).refresh_token
}

/** Brings an image of a repository to Docker Hub's stand-in; gives its digest. */
async function released(sandbox: Tested, cwd: string): Promise<string> {
  const layout = join(temporaryFolder(), 'layout')
  const labels = { 'org.opencontainers.image.revision': await commitOf(cwd) }
  const { sha256 } = await writeImage(layout, 'app', ['content'], labels)
  const to = ['--dest-tls-verify=false', '--dest-authfile', join(loggedIn(sandbox), 'config.json')]
  const image = `docker://${hostOf(sandbox, 'dockerhub')}/own/app:1.2.0`
  await succeed(['skopeo', 'copy', '--quiet', ...to, `oci:${layout}`, image])
  return `sha256:${sha256}`
}

test('a credential helper is asked on its standard input; its password and its identity token are shown nowhere', async () => {
  const [sandbox, cwd] = [await tested(), await imageProject()]
  const digest = await released(sandbox, cwd)
  const token = await identityToken(sandbox, 'ghcr')
  const [hub, ghcr] = [hostOf(sandbox, 'dockerhub'), hostOf(sandbox, 'ghcr')]
  const { username, password } = sandbox.dockerhub
  const folder = temporaryFolder()
  const answer = (Username: string, Secret: string) => `printf '%s' '${JSON.stringify({ Username, Secret })}'`
  const helper = `#!/bin/sh
read -r key
printf '%s\\n' "$* <$key>" >> '${folder}/asked'
case "$key" in
  ${hub}) ${answer(username, password)} ;;
  ${ghcr}) ${answer('<token>', token)} ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`
  const file = join(folder, 'docker-credential-test')
  writeFileSync(file, helper, { mode: 0o755 })
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: 'test' }))

  const before = (await sandbox.steer.log()).at(-1)?.n ?? 0
  const step = await push(sandbox, cwd, {}, { DOCKER_CONFIG: folder, PATH: await onlyPath(file) })
  expect([step.code, step.annotations, step.outputs.digest]).toEqual([0, [], digest])
  expect(done(step).slice(0, 2)).toEqual(['app-1.2.0.oci already there', 'app-1.2.0.oci published'])
  expect(readFileSync(join(folder, 'asked'), 'utf8').split('\n').filter(Boolean).sort()).toEqual(
    [`get <${hub}>`, `get <${ghcr}>`].sort(),
  )
  for (const secret of [password, token]) {
    expect(step.stdout).toContain(`::add-mask::${secret}`)
    expect(step.seen + JSON.stringify(await sandbox.steer.log(before))).not.toContain(secret)
  }
  const { stdout } = await push(sandbox, cwd, {}, { DOCKER_CONFIG: folder, PATH: await onlyPath() })
  expect(stdout).toMatch(/::error title=login-unreadable::[^\n]*`docker-credential-test` cannot be started/)
})

test('a login of the other registry is of no use, and a token of the job goes to GitHub only', async () => {
  const sandbox = await tested()
  const inputs = { 'dockerhub-username': 'me', 'dockerhub-token': 'hush-hub' }
  const cwd = await imageProject()
  const env = { DOCKER_CONFIG: temporaryFolder(), PATH: await onlyPath() }
  const step = await push(sandbox, cwd, inputs, env, 'hush-github')
  expect(titles(step)).toEqual(['registry-login-missing', 'registry-login-missing'])
  expect(step.stdout).toMatch(/::add-mask::hush-hub\n(?:.*\n)*::add-mask::hush-github\n/)
  expect([step.seen.includes('hush'), await changes(sandbox)]).toEqual([false, []])
})
