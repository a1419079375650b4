import { cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runAction } from './action.ts'
import { type Entry, inFolder, program, ROOT, run, sideBySide } from './measure.ts'
import { commit } from './repository.ts'

/** A wheel of examples/nuster, with everything built already and from nothing, against maturin alone. */
export async function build(): Promise<Entry[]> {
  program('cargo')
  return inFolder(async (folder) => {
    const copy = async (name: string) => {
      const cwd = join(folder, name)
      const filter = (path: string) => !/[\\/](target|dist|__pycache__)$/.test(path)
      cpSync(join(ROOT, 'examples', 'nuster'), cwd, { recursive: true, filter })
      await commit(cwd)
      return cwd
    }
    const [own, plain] = [await copy('ours'), await copy('plain')]
    // The same maturin as build-wheels', and the same zig.
    const { maturin = '' } = (await runAction('setup-toolchains', {}, { cwd: own, scratch: folder })).outputs
    const zig = { CARGO_ZIGBUILD_PYTHON_PATH: join(dirname(maturin), 'python'), SOURCE_DATE_EPOCH: '1735787045' }
    const isLinux = process.platform === 'linux'
    const flags = ['--release', '--locked', ...(isLinux ? ['--compatibility', 'manylinux_2_17', '--zig'] : [])]
    const emptied = (cwd: string, cold: boolean) => {
      for (const each of cold ? ['dist', 'target'] : ['dist'])
        rmSync(join(cwd, each), { recursive: true, force: true, maxRetries: 3 })
    }
    const ours = (cold: boolean) => async () => {
      emptied(own, cold)
      // maturin runs no wheel either.
      const inputs = { sdist: 'false', upload: 'false', 'test-python': 'none' }
      return (await runAction('build-wheels', inputs, { cwd: own, scratch: folder })).seconds
    }
    const peer = (cold: boolean) => async () => {
      emptied(plain, cold)
      return (await run([maturin, 'build', ...flags, '--out', 'dist'], { cwd: plain, env: zig })).seconds
    }
    // Cargo downloads what both need, which does not count.
    await ours(false)()
    await peer(false)()
    const warm = await sideBySide({ ours: ours(false), peer: peer(false) })
    const cold = await sideBySide({ ours: ours(true), peer: peer(true) })
    const entry = (times: typeof warm, how: string, limit: number): Entry => ({
      name: 'build',
      what: `wheel of examples/nuster, ${how} (${times.ours.toFixed(2)} s)`,
      against: `maturin build (${times.peer.toFixed(2)} s)`,
      ratio: times.ours / times.peer,
      limit,
    })
    return [
      entry(warm, 'built already', 1 + 0.3 / warm.peer),
      entry(cold, 'from nothing', Math.max(1.05, 1 + 1 / cold.peer)),
    ]
  })
}
