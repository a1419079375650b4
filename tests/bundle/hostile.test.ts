import { expect, test } from '@jest/globals'
import { descriptionFile } from '@slipway/sandbox/description'
import { tested, write } from '../sandbox/harness.ts'
import { runAction, unescaped } from './action.ts'
import { EVIL, expectHarmless } from './harmless.ts'
import { repository, WORKSPACE } from './project.ts'

const toml = (text: string) => JSON.stringify(text)

test('a hostile tag is text', async () => {
  const cwd = await repository(WORKSPACE)
  const branch = await runAction('plan', { tag: 'refs/heads/main' }, { cwd })
  expect([branch.code, branch.annotations.map((each) => each.properties.title)]).toEqual([1, ['tag-invalid']])
  for (const tag of ['v1;$(id)', '`id`|::set-output name=tag::pwned', EVIL]) {
    const step = await runAction('plan', { tag }, { cwd })
    expect([step.code, step.outputs.tag]).toEqual([1, tag.trim()])
    expectHarmless(step)
  }
  const env = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1;$(id)' }
  const pushed = await runAction('create-release', {}, { cwd, env })
  expect([pushed.code, pushed.annotations.map((each) => each.properties.title)]).toEqual([
    1,
    ['tag-differs-from-version'],
  ])
  expectHarmless(pushed)
})

test('hostile names and reasons in manifests are text', async () => {
  const manifest = (more: string) => `[package]\nversion = "1.2.0"\nedition = "2021"\n${more}`
  const cwd = await repository({
    ...WORKSPACE,
    'core/Cargo.toml': manifest(`name = ${toml(EVIL)}\npublish = [${toml(EVIL)}]\n`),
    'app/Cargo.toml': manifest(`name = "slipway-demo-app"\n[dependencies]\n${toml(EVIL)} = { path = "../core" }\n`),
    'tool/Cargo.toml': manifest('name = "slipway-demo-tool"\n').replace(
      '1.2.0',
      EVIL.replaceAll('\n', '').replaceAll('\r', ''),
    ),
    'py/pyproject.toml': `[build-system]\nrequires = []\n[project]\nname = ${toml(EVIL)}\nversion = "1.2.0"\n`,
  })
  const step = await runAction('plan', { 'fail-on': 'never' }, { cwd })
  expect(step.code).toBe(0)
  expect(unescaped(step.summary)).toContain('::set-output')
  expectHarmless(step)
  const plan = JSON.parse(step.outputs.plan as string)
  expect(plan.crates.map((each: { name: string }) => each.name)).toContain(EVIL)
})

test('a hostile changelog reaches the release as it is, and nothing else', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  write(cwd, { 'CHANGELOG.md': `# Changelog\n\n## [1.2.0] - 2025-01-02\n\n${EVIL.replace('\r', '\n')}\n\nEOF\n` })
  const planned = await runAction('plan', {}, { cwd })
  expectHarmless(planned)
  expect(JSON.parse(planned.outputs.plan as string).notes).toContain('::error::pwned')
  const { api, token } = sandbox.github
  const step = await runAction(
    'create-release',
    { name: EVIL },
    { cwd, env: { GITHUB_API_URL: api, SLIPWAY_SANDBOX: descriptionFile(sandbox.dir) }, token },
  )
  expect([step.code, step.annotations]).toEqual([0, []])
  expectHarmless(step)
  const response = await fetch(`${api}/repos/owner/project/releases/tags/v1.2.0`)
  expect(((await response.json()) as { body: string }).body).toContain('::error::pwned')
})

test('hostile file names are text', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  const name = '::set-output name=x::pwned|`$(id)`<img>.txt'
  write(cwd, { [`dist/${name}`]: 'a', 'dist/b\n::error::pwned\n.txt': 'b' })
  const { api, token } = sandbox.github
  const release = (files: string) =>
    runAction(
      'create-release',
      { files },
      { cwd, env: { GITHUB_API_URL: api, SLIPWAY_SANDBOX: descriptionFile(sandbox.dir) }, token },
    )
  for (const files of ['dist/::*', 'dist/b*', 'dist/`nothing`|\n::error::pwned']) expectHarmless(await release(files))
  const wheels = await runAction('publish-pypi', { 'packages-dir': 'wheels', password: 'hush' }, { cwd })
  expectHarmless(wheels)
  write(cwd, { [`wheels/${name.replace('.txt', '.whl')}`]: 'a', 'wheels/b\n::error::pwned\n.tar.gz': 'b' })
  const refused = await runAction('publish-pypi', { 'packages-dir': 'wheels', password: 'hush' }, { cwd })
  expect(refused.code).toBe(1)
  expectHarmless(refused)
})

test('a registry that answers with commands and with the token is masked and harmless', async () => {
  const [cwd, sandbox] = [await repository(WORKSPACE), await tested()]
  const { api, token } = sandbox.github
  const body = JSON.stringify({ message: `${EVIL} you sent ${token}` })
  await sandbox.steer.setFault({
    service: 'github',
    method: 'GET',
    path: 'releases',
    times: 9,
    fault: { kind: 'status', status: 403, body },
  })
  const step = await runAction(
    'create-release',
    {},
    { cwd, env: { GITHUB_API_URL: api, SLIPWAY_SANDBOX: descriptionFile(sandbox.dir) }, token },
  )
  expect([step.code, step.annotations.length]).toEqual([1, 1])
  expect(step.annotations[0]?.message).toContain('you sent ***')
  expect(step.seen).not.toContain(token)
  expectHarmless(step)
})
