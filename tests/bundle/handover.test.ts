import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { describeFile } from '@slipway/artifacts/artifact'
import type { ArtifactKind } from '@slipway/core/artifact'
import { type Tested, temporaryFolder, tested, write } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { runAction, type Step } from './action.ts'
import { commit, repository, WORKSPACE } from './project.ts'
import { commitOf, ofVersion } from './push-image.ts'
import { checkout, workflowRun } from './workflow-run.ts'

const test = needs('cargo', 'python3')

const FILES = {
  ...WORKSPACE,
  ...ofVersion('1.0.0'),
  'py/pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo.py"\nversion = "1.0.0"\nrequires-python = ">=3.8"\n',
  'py/demo_py/__init__.py': '',
}

const codes = (step: Step) =>
  step.annotations.filter((each) => each.name === 'error').map((each) => each.properties.title)
const effects = async (sandbox: Tested) => {
  const all = (await sandbox.steer.log()).filter((each) => each.upload && each.accepted && each.effect)
  return all.filter((each) => each.service !== 'results').map((each) => `${each.service} ${each.effect}`)
}

test('jobs hand a release over, publish it without a checkout, and a new run resumes it from its draft', async () => {
  const [sandbox, project] = [await tested(), await repository(FILES)]
  const job = await workflowRun(sandbox, await commitOf(project))

  const gate = await job('gate', {}, checkout(project))
  expect([gate.code, codes(gate)]).toEqual([0, []])
  const one = checkout(project)
  const built = await job('build-wheels', { package: 'demo.py', upload: 'true' }, one)
  expect([built.code, codes(built)]).toEqual([0, []])
  const tried = await job('verify-install', { from: 'files' }, one)
  expect(tried.annotations).toEqual([])
  expect(JSON.parse(tried.outputs.installed as string)).toMatchObject([{ what: 'demo.py', version: '1.0.0' }])
  const other = checkout(project)
  const assembled = await job('assemble', {}, other)
  expect([assembled.code, codes(assembled)]).toEqual([0, []])
  expect(readdirSync(join(other, 'dist')).sort()).toEqual([
    'demo_py-1.0.0-py3-none-any.whl',
    'demo_py-1.0.0.tar.gz',
    'manifest.json',
    'plan.json',
    'project-1.0.0-source.tar.gz',
    'slipway-demo-app-1.0.0.crate',
    'slipway-demo-zcore-1.0.0.crate',
  ])
  const manifest = JSON.parse(readFileSync(join(other, 'dist/manifest.json'), 'utf8'))
  expect(manifest).toMatchObject({ schema: 2, version: '1.0.0', pythonVersion: '1.0.0', tag: 'v1.0.0' })
  const { 'manifest-sha256': sha256 = '', 'has-image': hasImage } = assembled.outputs
  expect([sha256, hasImage]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 'false'])

  // Without the sha256, or with another one, anyone's files could be published.
  const untold = await job('publish-crate', { 'crates-token': sandbox.cargo.token }, temporaryFolder())
  expect([untold.code, codes(untold)]).toEqual([1, ['manifest-not-trusted']])
  const wrong = { 'crates-token': sandbox.cargo.token, 'manifest-sha256': '0'.repeat(64) }
  expect(codes(await job('publish-crate', wrong, temporaryFolder()))).toEqual(['manifest-not-trusted'])
  expect(await effects(sandbox)).toEqual([])

  const publish = async (run: typeof job, told: string) => {
    const trusted = { 'manifest-sha256': told }
    const [crates, pypi] = [{ 'crates-token': sandbox.cargo.token }, { 'pypi-token': sandbox.pypi.token }]
    const release = async (name: string, inputs: Record<string, string>) => {
      const step = await run(name, { ...trusted, ...inputs }, temporaryFolder())
      expect([name, step.code, step.annotations]).toEqual([name, 0, []])
      return step
    }
    await release('preflight', { ...crates, ...pypi })
    const draft = await release('create-release', { draft: 'true' })
    expect(draft.outputs['release-id']).toMatch(/^\d+$/)
    return { release, crates, pypi, id: draft.outputs['release-id'] as string }
  }
  const { release, crates } = await publish(job, sha256)
  await release('publish-crate', crates)

  // A whole new run sees no earlier artifact: the draft has every file.
  const again = await workflowRun(sandbox, await commitOf(project), 2, 'none')
  const resumed = await again('resume', { upload: 'true' }, temporaryFolder())
  expect([resumed.code, codes(resumed)]).toEqual([0, []])
  expect(resumed.outputs).toMatchObject({ resumed: 'true', 'manifest-sha256': sha256 })
  const rest = await publish(again, sha256)
  expect(rest.id).toBe(resumed.outputs['release-id'])
  await rest.release('publish-crate', rest.crates)
  await rest.release('publish-pypi', rest.pypi)
  await rest.release('create-release', { 'release-id': rest.id })
  const { outputs } = await rest.release('verify-install', { from: 'pypi' })
  expect(JSON.parse(outputs.installed as string)[0]).toMatchObject({ what: 'demo.py', version: '1.0.0' })
  const seen = await rest.release('report', { ...rest.crates, ...rest.pypi })
  expect([seen.outputs.released, seen.outputs.pending]).toEqual(['["GitHub","crates.io","PyPI"]', '[]'])
  const all = await effects(sandbox)
  expect(new Set(all).size).toBe(all.length)
})

test('nothing to resume is no failure, and another commit under the tag is one', async () => {
  const [sandbox, project] = [await tested(), await repository(FILES)]
  const commit = await commitOf(project)
  const job = await workflowRun(sandbox, commit)
  const none = await job('resume', {}, temporaryFolder())
  expect([none.code, none.outputs.resumed, none.outputs['manifest-sha256']]).toEqual([0, 'false', ''])

  await job('build-wheels', { package: 'demo.py', upload: 'true' }, checkout(project))
  const { outputs } = await job('assemble', {}, checkout(project))
  const trusted = { 'manifest-sha256': outputs['manifest-sha256'] as string, draft: 'true' }
  expect((await job('create-release', trusted, temporaryFolder())).code).toBe(0)
  const moved = await workflowRun(sandbox, 'f'.repeat(40), 2, 'none')
  const refused = await moved('resume', {}, temporaryFolder())
  expect([refused.code, codes(refused)]).toEqual([1, ['release-of-other-commit']])
})

test('a part that the plan misses stops the assembly; parts may lie in a folder, however deep', async () => {
  const [sandbox, project] = [await tested(), await repository(FILES)]
  const job = await workflowRun(sandbox, await commitOf(project))
  const nothing = await job('assemble', {}, checkout(project))
  expect([nothing.code, codes(nothing)]).toEqual([1, ['nothing-built']])

  const folder = checkout(project)
  expect((await job('build-wheels', { sdist: 'false', out: 'parts/a/b', upload: 'false' }, folder)).code).toBe(0)
  const lacking = await job('assemble', { builds: 'parts', upload: 'false' }, folder)
  expect([lacking.code, codes(lacking)]).toEqual([1, ['part-missing']])
  rmSync(join(folder, 'parts'), { recursive: true })
  expect((await job('build-wheels', { out: 'parts/a/b', upload: 'false' }, folder)).code).toBe(0)
  const whole = await job('assemble', { builds: 'parts', upload: 'false' }, folder)
  expect([whole.code, codes(whole)]).toEqual([0, []])
  // Two builds of the same file that differ.
  mkdirSync(join(folder, 'parts/c'))
  cpSync(join(folder, 'parts/a/b'), join(folder, 'parts/c'), { recursive: true })
  const manifest = JSON.parse(readFileSync(join(folder, 'parts/c/manifest.json'), 'utf8'))
  const sdist = manifest.artifacts.find((each: { kind: string }) => each.kind === 'sdist')
  write(join(folder, 'parts/c'), { [sdist.filename]: 'x' })
  Object.assign(sdist, { size: 1, sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' })
  write(join(folder, 'parts/c'), { 'manifest.json': JSON.stringify(manifest) })
  const twice = await job('assemble', { builds: 'parts', upload: 'false' }, folder)
  expect([twice.code, codes(twice)]).toEqual([1, ['built-twice']])
})

test('what is not handed over whole is refused', async () => {
  const [sandbox, project] = [await tested(), await repository(FILES)]
  const job = await workflowRun(sandbox, await commitOf(project))
  const told = { 'manifest-sha256': '0'.repeat(64) }
  expect(codes(await job('report', told, temporaryFolder()))).toEqual(['manifest-missing'])
  const place = { cwd: checkout(project), env: {} }
  const untaken = await runAction('build-wheels', { package: 'demo.py', upload: 'true' }, place)
  expect([untaken.code, codes(untaken)]).toEqual([1, ['no-artifact-store']])
  const untagged = await runAction('resume', {}, { cwd: temporaryFolder(), env: {} })
  expect([untagged.code, codes(untagged)]).toEqual([1, ['tag-missing']])

  // A plan of another Slipway, listed as it is.
  const dist = join(place.cwd, 'dist')
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
  write(dist, { 'plan.json': '{"schema": 9}' })
  const plan = await describeFile('plan', 'plan.json', '1.0.0', join(dist, 'plan.json'))
  manifest.artifacts.push({ ...plan, path: 'plan.json' })
  write(dist, { 'manifest.json': JSON.stringify(manifest) })
  expect(codes(await job('report', {}, place.cwd))).toEqual(['plan-unreadable'])

  await job('build-wheels', { package: 'demo.py', upload: 'true' }, checkout(project))
  const { outputs } = await job('assemble', {}, checkout(project))
  const trusted = { 'manifest-sha256': outputs['manifest-sha256'] as string }
  const deleted = await job('create-release', { ...trusted, 'release-id': '99', draft: 'true' }, temporaryFolder())
  expect([deleted.code, codes(deleted)]).toEqual([1, ['release-id-unknown']])

  const blobs = readdirSync(join(sandbox.dir, 'actions'), { recursive: true, withFileTypes: true })
  for (const each of blobs.filter((one) => one.isFile() && !one.name.endsWith('.json'))) {
    const file = join(each.parentPath, each.name)
    const bytes = readFileSync(file)
    const middle = Math.floor(bytes.length / 2)
    bytes.fill(0, middle, middle + 9)
    writeFileSync(file, bytes)
  }
  expect(codes(await job('report', trusted, temporaryFolder()))).toEqual(['handover-damaged'])
})

/** A project whose parts are built in a separate folder, with functions that run steps and change the parts. */
async function withParts() {
  const [sandbox, project] = [await tested(), await repository(FILES)]
  const job = await workflowRun(sandbox, await commitOf(project))
  expect((await job('build-wheels', { out: 'parts', upload: 'false' }, project)).code).toBe(0)
  const parts = join(project, 'parts')
  const add = async (kind: ArtifactKind, name: string, filename: string, file: string) => {
    const { project: _, ...described } = await describeFile(kind, name, '1.0.0', join(parts, file))
    const manifest = JSON.parse(readFileSync(join(parts, 'manifest.json'), 'utf8'))
    manifest.artifacts.push({ ...described, name, filename, path: file })
    write(parts, { 'manifest.json': JSON.stringify(manifest) })
  }
  return { sandbox, project, parts, job, add }
}

test('what a part smuggles in beside its wheels is no part of the release', async () => {
  const { project, parts, job, add } = await withParts()
  write(parts, { 'installer.sh': 'evil', 'slipway-demo-app-1.0.0.crate': 'evil', 'plan.json': '{}' })
  await add('asset', 'installer.sh', 'installer.sh', 'installer.sh')
  await add('crate', 'slipway-demo-app', 'slipway-demo-app-1.0.0.crate', 'slipway-demo-app-1.0.0.crate')
  await add('plan', 'plan.json', 'plan.json', 'plan.json')
  write(project, { '.gitignore': 'target/\ndist/\nparts/\nCargo.lock\n' })
  await commit(project)
  const elsewhere = await workflowRun(await tested(), await commitOf(project))
  expect(codes(await elsewhere('assemble', { builds: 'parts', upload: 'false' }, project))).toEqual([
    'manifest-of-other-release',
  ])
  const held = JSON.parse(readFileSync(join(parts, 'manifest.json'), 'utf8'))
  write(parts, { 'manifest.json': JSON.stringify({ ...held, commit: await commitOf(project) }) })
  const whole = await job('assemble', { builds: 'parts', upload: 'false' }, project)
  expect([whole.code, codes(whole)]).toEqual([0, []])
  expect(readFileSync(join(project, 'dist/slipway-demo-app-1.0.0.crate'), 'utf8')).not.toBe('evil')
  const { artifacts } = JSON.parse(readFileSync(join(project, 'dist/manifest.json'), 'utf8'))
  const names = artifacts.map((each: { filename: string }) => each.filename)
  expect([names.includes('installer.sh'), new Set(names).size]).toEqual([false, names.length])
})

test('a file whose name leads elsewhere is refused', async () => {
  const { project, parts, job, add } = await withParts()
  const good = readFileSync(join(parts, 'manifest.json'), 'utf8')
  write(parts, { 'e.txt': 'evil' })
  for (const filename of ['../../evil.txt', '..\\evil.txt', 'C:evil.txt', '.', '']) {
    write(parts, { 'manifest.json': good })
    await add('wheel', 'demo.py', filename, 'e.txt')
    const refused = await job('assemble', { builds: 'parts', upload: 'false' }, project)
    expect([filename, refused.code, codes(refused)]).toEqual([filename, 1, ['manifest-unreadable']])
  }
})

test('an assembled release of another commit is not published from this one, nor by a service that refuses', async () => {
  const { sandbox, project, job } = await withParts()
  write(project, { '.gitignore': 'target/\ndist/\nparts/\nCargo.lock\n' })
  expect((await job('assemble', { builds: 'parts', upload: 'false' }, project)).code).toBe(0)
  const next = await workflowRun(sandbox, 'f'.repeat(40))
  const refused = await next('publish-crate', { 'crates-token': sandbox.cargo.token }, project)
  expect([refused.code, codes(refused), await effects(sandbox)]).toEqual([1, ['manifest-of-other-release'], []])
  const env = { ACTIONS_RESULTS_URL: `${sandbox.actions.results}/`, ACTIONS_RUNTIME_TOKEN: `${sandbox.actions.token}x` }
  const denied = await runAction('assemble', {}, { cwd: project, env })
  expect([denied.code, codes(denied)]).toEqual([1, ['artifact-store-failed']])
})
