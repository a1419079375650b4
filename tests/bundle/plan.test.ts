import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { runAction } from './action.ts'
import { exampleRepository, repository, WORKSPACE } from './project.ts'

test('plan tells the release in outputs and a summary', async () => {
  const step = await runAction('plan', {}, { cwd: await exampleRepository() })
  expect(step.code).toBe(0)
  expect(step.outputs).toMatchObject({
    version: '0.1.0',
    'python-version': '0.1.0',
    tag: 'v0.1.0',
    prerelease: 'false',
    'make-latest': 'true',
    crates: '["metatron-qso"]',
    packages: '["metatron-qso"]',
    images: '["docker.io/qdash/metatron-qso","ghcr.io/lashsesh/qdash"]',
  })
  const plan = JSON.parse(step.outputs.plan as string)
  expect(JSON.parse(step.outputs.problems as string)).toEqual(plan.problems)
  expect(JSON.parse(step.outputs.matrix as string)).toEqual({ include: plan.matrix })
  expect(plan.matrix.map((each: { runner: string }) => each.runner)).toEqual([
    'ubuntu-latest',
    'macos-15-intel',
    'macos-latest',
    'windows-latest',
  ])
  expect(JSON.parse(readFileSync(step.outputs['plan-file'] as string, 'utf8'))).toEqual(plan)
  expect(plan).toMatchObject({
    schema: 1,
    version: '0.1.0',
    pythonVersion: '0.1.0',
    tag: 'v0.1.0',
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    prerelease: false,
    notes: expect.any(String),
  })
  expect(plan.crates).toMatchObject([
    { name: 'metatron-qso', version: '0.1.0', path: 'metatron-qso-rs', publish: true },
    {
      name: 'metatron_qso_py',
      version: '0.1.0',
      path: 'metatron_qso_py',
      publish: false,
      reason: expect.stringMatching(/extension module/),
    },
  ])
  expect(plan.packages).toMatchObject([
    {
      name: 'metatron-qso',
      version: '0.1.0',
      path: 'metatron_qso_py',
      backend: 'maturin',
      abi3: 'cp38',
      imports: expect.arrayContaining(['metatron_qso', 'scs']),
    },
  ])
  expect(plan.versions).toContainEqual({ file: 'Cargo.toml', line: 6, value: '0.1.0' })
  expect(step.summary).toMatch(/^### ✅ v0\.1\.0 can be released\b/)
  expect(step.summary).toMatch(/^### Details of the plan$/m)
  expect(step.annotations.filter((each) => each.name === 'error')).toEqual([])
})

const PATH_ONLY = WORKSPACE['app/Cargo.toml']?.replace(', version = "1.2.0"', '') as string

test('a problem is annotated at its file and line, and fails the step', async () => {
  const cwd = await repository({ ...WORKSPACE, 'app/Cargo.toml': PATH_ONLY })
  const step = await runAction('plan', {}, { cwd })
  expect(step.code).toBe(1)
  const line = PATH_ONLY.split('\n').findIndex((each) => each.startsWith('slipway-demo-zcore')) + 1
  expect(step.stdout).toMatch(new RegExp(`^::error .*file=app/Cargo.toml,line=${line}\\b.*::`, 'm'))
  expect(step.annotations.map((each) => each.properties.title)).toEqual(['path-dependency-without-version'])
  expect(step.summary).toContain('slipway-demo-zcore without a')
  expect(JSON.parse(step.outputs.plan as string).problems).toHaveLength(1)
})

test.each(['sub', './sub', 'sub/'])(
  'paths of files of a project in the folder %s begin at the workspace',
  async (path) => {
    const files = Object.entries({ ...WORKSPACE, 'app/Cargo.toml': PATH_ONLY }).map(([name, text]) => [
      `sub/${name}`,
      text,
    ])
    const cwd = await repository(Object.fromEntries(files))
    const step = await runAction('plan', { path }, { cwd })
    expect(step.annotations.map((each) => each.properties.file)).toEqual(['sub/app/Cargo.toml'])
  },
)

test('fail-on never lets problems pass, fail-on warning stops at a warning', async () => {
  const broken = await repository({ ...WORKSPACE, 'app/Cargo.toml': PATH_ONLY })
  const passed = await runAction('plan', { 'fail-on': 'never' }, { cwd: broken })
  expect([passed.code, passed.annotations.length]).toEqual([0, 1])
  const silent = await repository({ ...WORKSPACE, 'CHANGELOG.md': '# Changelog\n\n## 1.1.0\n\n- Old.\n' })
  expect((await runAction('plan', {}, { cwd: silent })).code).toBe(0)
  const strict = await runAction('plan', { 'fail-on': 'warning' }, { cwd: silent })
  expect([strict.code, strict.annotations.map((each) => each.name)]).toEqual([1, ['warning']])
})

test('a tag that differs from the version fails, whether it started the run or was given', async () => {
  const cwd = await repository(WORKSPACE)
  const pushed = await runAction('plan', {}, { cwd, env: { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v9.9.9' } })
  const given = await runAction('plan', { tag: 'v9.9.9' }, { cwd })
  for (const step of [pushed, given]) {
    expect([step.code, step.outputs.tag]).toEqual([1, 'v9.9.9'])
    expect(step.annotations.map((each) => each.properties.title)).toEqual(['tag-differs-from-version'])
  }
  const env = { GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'v9.9.9' }
  expect((await runAction('plan', {}, { cwd, env })).outputs.tag).toBe('v1.2.0')
})
