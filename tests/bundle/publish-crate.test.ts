import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type Tested, tested } from '../sandbox/harness.ts'
import { runAction } from './action.ts'
import { commit, repository, WORKSPACE } from './project.ts'

/** The variables by which cargo knows the sandbox's registry as `slipway`. */
function registryOf({ cargo }: Tested, token: string | undefined = cargo.token) {
  return { CARGO_REGISTRIES_SLIPWAY_INDEX: cargo.index, CARGO_REGISTRIES_SLIPWAY_TOKEN: token }
}

/** The workspace without the crate that needs another. */
const ALONE = {
  ...Object.fromEntries(Object.entries(WORKSPACE).filter(([file]) => !file.startsWith('app/'))),
  'Cargo.toml': WORKSPACE['Cargo.toml']?.replace('"app", ', '') as string,
}

/** What the registry took in, in order. */
async function effectsOf(sandbox: Tested): Promise<(string | null)[]> {
  return (await sandbox.steer.log())
    .filter((each) => each.service === 'cargo' && each.upload)
    .map((each) => each.effect)
}

const statuses = (outputs: Record<string, string>) =>
  JSON.parse(outputs.receipts as string).map((each: { artifact: string; status: string }) => [
    each.artifact,
    each.status,
  ])

test('crates are published in the order of their dependencies, once, and never over other content', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  const publish = () => runAction('publish-crate', { registry: 'slipway' }, { cwd, env: registryOf(sandbox) })
  const first = await publish()
  expect([first.code, first.annotations]).toEqual([0, []])
  expect(statuses(first.outputs)).toEqual([
    ['slipway-demo-zcore-1.2.0.crate', 'published'],
    ['slipway-demo-app-1.2.0.crate', 'published'],
    ['slipway-demo-tool 1.2.0', 'skipped'],
  ])
  const receipts = JSON.parse(first.outputs.receipts as string)
  expect(receipts.map((each: { target: string }) => each.target)).toEqual(['slipway', 'slipway', 'slipway'])
  expect(receipts[2].reason).toMatch(/publish = false/)
  expect(first.summary).toMatch(/^\| .*slipway-demo-tool.* skipped: /m)
  const sent = await effectsOf(sandbox)
  expect(sent).toEqual([expect.stringContaining('slipway-demo-zcore'), expect.stringContaining('slipway-demo-app')])

  const again = await publish()
  expect([again.code, statuses(again.outputs).map((each: string[]) => each[1])]).toEqual([
    0,
    ['already there', 'already there', 'skipped'],
  ])

  await commit(cwd, { 'core/src/lib.rs': 'pub fn two() -> u32 { 1 + 1 }\n', 'tool/src/main.rs': 'fn main() { }\n' })
  const changed = await publish()
  expect([changed.code, changed.annotations.map((each) => each.properties.title)]).toEqual([1, ['conflict']])
  expect(changed.annotations[0]?.message).toContain('slipway-demo-zcore-1.2.0.crate')
  expect(await effectsOf(sandbox)).toEqual(sent)
})

test('a commit that changes no crate is no conflict', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  const publish = () => runAction('publish-crate', { registry: 'slipway' }, { cwd, env: registryOf(sandbox) })
  await publish()
  await commit(cwd, { 'README.md': 'Changed.\n' })
  const again = await publish()
  expect([again.code, statuses(again.outputs).map((each: string[]) => each[1])]).toEqual([
    0,
    ['already there', 'already there', 'skipped'],
  ])
})

test('a token that the registry refuses is explained and shown nowhere', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  const token = 'cio-not-the-right-one'
  const env = registryOf(sandbox, undefined)
  const step = await runAction('publish-crate', { registry: 'slipway', token }, { cwd, env })
  expect([step.code, step.annotations.length, step.outputs.receipts]).toEqual([1, 1, undefined])
  expect(step.annotations[0]?.message).toMatch(/^slipway: .*login is valid/s)
  expect(step.stdout).toContain(`::add-mask::${token}`)
  expect(step.seen).not.toContain(token)
  expect(await effectsOf(sandbox)).toEqual([null])
})

test('what a build runs sees no token', async () => {
  const sandbox = await tested()
  const spy = 'fn main() { for (k, v) in std::env::vars() { if v.contains("hush") { panic!("{k}") } } }\n'
  const cwd = await repository({ ...WORKSPACE, 'core/build.rs': spy })
  const env = { ...registryOf(sandbox, 'hush-1'), CARGO_REGISTRY_TOKEN: 'hush-2' }
  const step = await runAction('publish-crate', { registry: 'slipway', token: 'hush-3' }, { cwd, env })
  // The build passes; then the registry refuses the token.
  expect(step.annotations.map((each) => each.properties.title)).not.toContain('cargo-package-failed')
  expect([step.code, step.annotations[0]?.message]).toEqual([1, expect.stringMatching(/token/)])
})

test('a crate goes only to the registries that its manifest allows', async () => {
  const sandbox = await tested()
  const limited = (name: string) =>
    WORKSPACE['core/Cargo.toml']?.replace('license', `publish = ["${name}"]\nlicense`) as string
  const allowed = await repository({ ...ALONE, 'core/Cargo.toml': limited('slipway') })
  const publish = (cwd: string) =>
    runAction('publish-crate', { registry: 'slipway' }, { cwd, env: registryOf(sandbox) })
  const sent = await publish(allowed)
  expect([sent.code, statuses(sent.outputs)[0]]).toEqual([0, ['slipway-demo-zcore-1.2.0.crate', 'published']])
  const foreign = await publish(await repository({ ...ALONE, 'core/Cargo.toml': limited('elsewhere') }))
  expect([foreign.code, statuses(foreign.outputs)]).toEqual([
    0,
    [
      ['slipway-demo-zcore 1.2.0', 'skipped'],
      ['slipway-demo-tool 1.2.0', 'skipped'],
    ],
  ])
  expect(foreign.outputs.receipts).toContain('elsewhere')
})

test('a committed Cargo.lock is kept to', async () => {
  const sandbox = await tested()
  const lock = '# This file is automatically @generated by Cargo.\nversion = 4\n'
  const cwd = await repository({ ...WORKSPACE, '.gitignore': 'target/\n', 'Cargo.lock': lock })
  const step = await runAction('publish-crate', { registry: 'slipway' }, { cwd, env: registryOf(sandbox) })
  expect([step.code, new Set(step.annotations.map((each) => each.properties.title))]).toEqual([
    1,
    new Set(['lock-stale']),
  ])
  expect(step.annotations[0]?.message).toMatch(/--locked/)
  expect(readFileSync(join(cwd, 'Cargo.lock'), 'utf8')).toBe(lock)
})

test('a registry may be in the configuration of the project, of a folder above it, or of the user', async () => {
  const sandbox = await tested()
  const config = `[registries.slipway]\nindex = "${sandbox.cargo.index}"\n`
  const moved = Object.entries(ALONE).map(([name, text]) => [`sub/${name}`, text])
  const inputs = { path: 'sub', registry: 'slipway', token: sandbox.cargo.token }
  const states = []
  for (const file of ['sub/.cargo/config.toml', '.cargo/config.toml', 'home/config.toml']) {
    const cwd = await repository({ ...Object.fromEntries(moved), [file]: config })
    const env = file.startsWith('home') ? { CARGO_HOME: join(cwd, 'home') } : {}
    const step = await runAction('publish-crate', inputs, { cwd, env })
    states.push([file, step.code, statuses(step.outputs)[0]?.[1]])
  }
  expect(states).toEqual([
    ['sub/.cargo/config.toml', 0, 'published'],
    ['.cargo/config.toml', 0, 'already there'],
    ['home/config.toml', 0, 'already there'],
  ])
})

test('a registry that cargo does not know, and a missing token, are reported before anything is queried', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  const unknown = await runAction('publish-crate', { registry: 'no-such' }, { cwd })
  expect(unknown.annotations.map((each) => each.properties.title)).toEqual(['registry-unknown'])
  expect(unknown.annotations[0]?.message).toContain('CARGO_REGISTRIES_NO_SUCH_INDEX')
  const env = { CARGO_REGISTRIES_SLIPWAY_INDEX: sandbox.cargo.index }
  const silent = await runAction('publish-crate', { registry: 'slipway' }, { cwd, env })
  expect([silent.code, silent.annotations.map((each) => each.properties.title)]).toEqual([1, ['token-missing']])
  expect(await sandbox.steer.log()).toEqual([])
})
