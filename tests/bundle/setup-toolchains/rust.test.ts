import { expect } from '@jest/globals'
import { run, succeed } from '../../sandbox/harness.ts'
import { needs } from '../../tools.ts'
import { runAction, type Step, unescaped } from '../action.ts'
import { commit, repository, WORKSPACE } from '../project.ts'
import { rustServer, rustupHome } from './rust-server.ts'

const withRustup = needs('rustup')
const test = withRustup

/** Runs the action with a server of toolchains and a home of rustup that has stable only. */
async function machine(channels: (stable: string) => Record<string, string> = () => ({})) {
  const { home, host, stable } = await rustupHome()
  const server = await rustServer(host, channels(stable))
  const env = { RUSTUP_HOME: home, RUSTUP_DIST_SERVER: server.base, RUSTUP_TOOLCHAIN: undefined }
  const act = (cwd: string, inputs: Record<string, string>): Promise<Step> =>
    runAction('setup-toolchains', inputs, { cwd, env, mayExport: ['RUSTUP_TOOLCHAIN'] })
  return { act, env, host, stable, server }
}

const codes = (step: Step) => step.annotations.map((each) => `${each.name} ${each.properties.title}`)

test('a version is installed with its components, and used by later steps only through RUSTUP_TOOLCHAIN', async () => {
  const { act, env, host, server } = await machine(() => ({ '1.80': '1.80.1' }))
  const cwd = await repository(WORKSPACE)
  const step = await act(cwd, { rust: '1.80', components: 'clippy' })
  expect([step.code, codes(step), step.outputs['rust-version']]).toEqual([0, [], '1.80.1'])
  expect(step.exported).toEqual({ RUSTUP_TOOLCHAIN: '1.80' })
  expect(step.stdout).toMatch(/^Rust 1\.80\.1: installed by rustup; input rust: 1\.80; \d+\.\d s$/m)
  expect(unescaped(step.summary)).toMatch(/^\| Rust \| <code>1\.80\.1<\/code> \| installed by rustup \|/m)
  const later = await succeed(['rustc', '--version'], { cwd, env: { ...env, ...step.exported } })
  expect(later.stdout).toMatch(/^rustc 1\.80\.1 /)
  // Without the variable nothing has changed.
  expect((await succeed(['rustup', 'default'], { env })).stdout).toMatch(/^stable-/)
  const components = ['rustup', 'component', 'list', '--toolchain', '1.80', '--installed']
  expect((await succeed(components, { env })).stdout).toContain(`clippy-${host}`)
  // The second time, it is there.
  const asked = server.asked.length
  const again = await act(cwd, { rust: '1.80', components: 'clippy' })
  expect(again.stdout).toMatch(/^Rust 1\.80\.1: rustup; /m)
  expect(server.asked.length).toBe(asked)
})

test('`stable minus N` goes back from the version in the channel’s manifest', async () => {
  const { act } = await machine(() => ({ stable: '1.85.1', '1.83': '1.83.0' }))
  const step = await act(await repository(WORKSPACE), { rust: 'stable minus 2' })
  expect([step.code, step.outputs['rust-version'], step.exported]).toEqual([0, '1.83.0', { RUSTUP_TOOLCHAIN: '1.83' }])
  expect(step.stdout).toContain('input rust: stable minus 2')
})

test('`stable minus N` without the server is an error, and nothing is exported', async () => {
  const { act } = await machine()
  const step = await act(await repository(WORKSPACE), { rust: 'minus 1' })
  expect([step.code, codes(step), step.exported]).toEqual([1, ['error rust-not-installed'], {}])
})

test('`msrv` is the highest `rust-version` of the published crates', async () => {
  const { act } = await machine(() => ({ '1.71': '1.71.0', '1.90': '1.90.0' }))
  const cwd = await repository(WORKSPACE)
  const missing = await act(cwd, { rust: 'msrv' })
  expect([missing.code, codes(missing)]).toEqual([1, ['error msrv-missing']])
  const add = (file: string, version: string) => [
    file,
    `${WORKSPACE[file]}`.replace('edition', `rust-version = "${version}"\nedition`),
  ]
  // The last one is private.
  await commit(
    cwd,
    Object.fromEntries([add('core/Cargo.toml', '1.70'), add('app/Cargo.toml', '1.71'), add('tool/Cargo.toml', '1.90')]),
  )
  const step = await act(cwd, { rust: 'msrv' })
  expect([step.code, step.outputs['rust-version'], step.exported]).toEqual([0, '1.71.0', { RUSTUP_TOOLCHAIN: '1.71' }])
})

test('the toolchain file decides without the input, with its components, and needs no variable', async () => {
  const { act, env, host } = await machine(() => ({ '1.80.1': '1.80.1' }))
  const cwd = await repository({
    ...WORKSPACE,
    'rust-toolchain.toml': '[toolchain]\nchannel = "1.80.1"\ncomponents = ["clippy"]\n',
  })
  const step = await act(cwd, {})
  expect([step.code, step.outputs['rust-version'], step.exported]).toEqual([0, '1.80.1', {}])
  expect(step.stdout).toMatch(/^Rust 1\.80\.1: installed by rustup; rust-toolchain\.toml; /m)
  const list = await succeed(['rustup', 'component', 'list', '--installed'], { cwd, env })
  expect(list.stdout).toContain(`clippy-${host}`)
})

test('an installed Rust is used without the server, also for its version', async () => {
  const { act, stable, server, host } = await machine()
  const cwd = await repository(WORKSPACE)
  const byDefault = await act(cwd, {})
  expect([byDefault.code, byDefault.outputs['rust-version'], byDefault.exported]).toEqual([0, stable, {}])
  expect(byDefault.stdout).toContain('default: no input rust, no toolchain file')
  const step = await act(cwd, { rust: stable.split('.').slice(0, 2).join('.') })
  expect([step.code, step.exported]).toEqual([0, { RUSTUP_TOOLCHAIN: `stable-${host}` }])
  expect(server.asked).toEqual([])
})

test('what cannot be installed is reported with what rustup said', async () => {
  const { act, env } = await machine(() => ({ '1.80': '1.80.1' }))
  const cwd = await repository(WORKSPACE)
  const unknown = await act(cwd, { rust: '1.79' })
  expect([unknown.code, codes(unknown), unknown.exported]).toEqual([1, ['error rust-not-installed'], {}])
  expect(unknown.annotations[0]?.message).toContain('rustup could not install Rust 1.79')
  const missing = await act(cwd, { rust: '1.80', components: 'miri' })
  expect([missing.code, codes(missing)]).toEqual([1, ['error rust-component-missing']])
  expect((await run(['rustup', 'toolchain', 'list'], { env })).stdout).not.toContain('1.79')
})

test('the profile and the targets of an installed toolchain are completed', async () => {
  const { act, env, host } = await machine(() => ({ '1.80': '1.80.1' }))
  const cwd = await repository(WORKSPACE)
  const minimal = await act(cwd, { rust: '1.80', targets: host })
  expect([minimal.code, codes(minimal)]).toEqual([0, []])
  const list = async () =>
    (await succeed(['rustup', 'component', 'list', '--toolchain', '1.80', '--installed'], { env })).stdout
  expect(await list()).not.toContain('rustfmt')
  expect((await act(cwd, { rust: '1.80', profile: 'default' })).code).toBe(0)
  expect(await list()).toContain(`rustfmt-${host}`)
  const other = await act(cwd, { rust: '1.80', targets: 'wasm32-unknown-unknown' })
  expect([other.code, codes(other), other.exported]).toEqual([1, ['error rust-target-missing'], {}])
})

test('a component that an installed toolchain does not have is reported', async () => {
  const { act } = await machine(() => ({ '1.80': '1.80.1' }))
  const cwd = await repository(WORKSPACE)
  expect((await act(cwd, { rust: '1.80' })).code).toBe(0)
  const step = await act(cwd, { rust: '1.80', components: 'miri' })
  expect([step.code, codes(step)]).toEqual([1, ['error rust-component-missing']])
})

test.each([
  [{ rust: 'newest' }, 'rust-request-invalid', '"newest"'],
  [{ rust: '--help' }, 'rust-request-invalid', '"--help"'],
  [{ components: 'clippy, -q' }, 'rust-request-invalid', '"-q"'],
  [{ targets: '../x' }, 'rust-request-invalid', '"../x"'],
  [{ profile: 'small' }, 'rust-request-invalid', '"small"'],
  [{ python: '3.12, pypy3.7' }, 'python-request-invalid', '"pypy3.7"'],
  [{ python: '3.1' }, 'python-request-invalid', '"3.1"'],
  [{ python: '3.12t' }, 'python-request-invalid', '"3.12t"'],
  [{ maturin: 'latest' }, 'input-invalid', '"latest"'],
])('%j is refused before anything is installed', async (inputs, code, shown) => {
  const cwd = await repository(WORKSPACE)
  const step = await runAction('setup-toolchains', inputs as Record<string, string>, { cwd })
  expect([step.code, codes(step), step.exported]).toEqual([1, [`error ${code}`], {}])
  expect(step.annotations[0]?.message).toContain(shown)
})
