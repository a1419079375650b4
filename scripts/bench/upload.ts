import { devNull } from 'node:os'
import { join } from 'node:path'
import { cleanEnvironment, runAction } from './action.ts'
import { pythonClients } from './clients.ts'
import { BenchError, type BenchOptions, type Entry, inFolder, run, sideBySide } from './measure.ts'
import { listed, openNetwork, type Sent } from './network.ts'
import { WheelMaker } from './wheels.ts'

const CONTENDERS = ['ours', 'twine', 'uv', 'uvCheck'] as const
type Contender = (typeof CONTENDERS)[number]
const CALLED: Record<Contender, string> = {
  ours: 'publish-pypi',
  twine: 'twine upload',
  uv: 'uv publish',
  uvCheck: 'uv publish --check-url',
}

/** Six wheels of 5 MB to PyPI, and once more when they are there, against twine and uv. */
export async function upload({ delay, trace }: BenchOptions): Promise<Entry[]> {
  const { twine, uv } = await pythonClients('twine', 'uv')
  return inFolder(async (folder) => {
    const wheels = new WheelMaker(5)
    const network = await openNetwork(folder, delay)
    const { pypi } = network.description
    const secret = {
      TWINE_USERNAME: '__token__',
      TWINE_PASSWORD: pypi.token,
      UV_PUBLISH_TOKEN: pypi.token,
      UV_CACHE_DIR: join(folder, 'uv'),
      UV_NO_CONFIG: '1',
    }
    const peer = (...argv: [string, ...string[]]) =>
      run(argv, { cwd: folder, env: { ...cleanEnvironment(), ...secret } })
    const uvPublish = [uv, 'publish', '--trusted-publishing', 'never', '--publish-url', pypi.upload] as const
    const acts: Record<Contender, (cwd: string, files: string[]) => Promise<{ seconds: number }>> = {
      ours: (cwd) =>
        runAction(
          'publish-pypi',
          { 'packages-dir': '.', 'pypi-token': pypi.token },
          { cwd, scratch: folder, env: { SLIPWAY_SANDBOX: network.file } },
        ),
      // Twine takes --skip-existing for PyPI's own address only, where it asks once before it uploads.
      twine: (_, files) =>
        peer(
          ...[twine, 'upload', '--non-interactive', '--disable-progress-bar'],
          ...['--config-file', devNull, '--repository-url', pypi.upload, ...files],
        ),
      uv: (_, files) => peer(...uvPublish, ...files),
      uvCheck: (_, files) => peer(...uvPublish, '--check-url', pypi.simple, ...files),
    }
    const files = new Map<string, string[]>()
    const requests: Record<string, Sent[]> = {}
    const elsewhere: Record<string, Sent[]> = {}
    const timed = (who: Contender, again: boolean) => async (round: number) => {
      const cwd = join(folder, `${who}${round}`)
      if (!files.has(cwd)) files.set(cwd, wheels.write(cwd, `bench_${who.toLowerCase()}${round}`))
      network.take()
      const { seconds } = await acts[who](cwd, files.get(cwd) as string[])
      const all = network.take()
      const key = `${who}${again ? ' again' : ''}`
      requests[key] = all.filter((each) => each.service === 'pypi')
      elsewhere[key] = all.filter((each) => each.service !== 'pypi')
      const taken = requests[key].filter((each) => each.status === 200 && each.bytes > 1_000_000).length
      if (!again && taken !== 6) throw new BenchError(`${CALLED[who]} uploaded ${taken} of 6 wheels.`)
      return seconds
    }
    try {
      const contenders = (again: boolean) => ({
        ours: timed('ours', again),
        twine: timed('twine', again),
        uv: timed('uv', again),
        uvCheck: timed('uvCheck', again),
      })
      const first = await sideBySide(contenders(false))
      const rerun = await sideBySide(contenders(true))
      for (const [key, list] of Object.entries(requests)) trace(`upload: ${key}`, listed(list))
      for (const [key, list] of Object.entries(elsewhere))
        if (list.length > 0) trace(`upload: ${key}, elsewhere`, listed(list))
      const count = (key: string) => requests[key]?.length ?? 0
      const entry = (peerName: Contender, again: boolean, limit: number | null): Entry => {
        const [times, more] = again ? [rerun, ' again'] : [first, '']
        const what = `6 wheels of 5 MB to PyPI${again ? ', which has them' : ''} (${times.ours.toFixed(2)} s)`
        const against = `${CALLED[peerName]} (${times[peerName].toFixed(2)} s)`
        const ratio = times.ours / times[peerName]
        const [own, its] = [count(`ours${more}`), count(`${peerName}${more}`)]
        return { name: 'upload', what, against, ratio, limit, requests: own, peerRequests: its }
      }
      const sentAgain = requests['ours again'] ?? []
      const bytes = sentAgain.reduce((sum, each) => sum + each.bytes, 0)
      const again = count('ours again')
      return [
        entry('twine', false, 0.8),
        entry('uv', false, 1.1),
        entry('uvCheck', false, 1.1),
        entry('uv', true, null),
        entry('uvCheck', true, null),
        {
          name: 'upload',
          what: 'requests of a rerun',
          against: '2 requests',
          ratio: again / 2,
          limit: 1,
          requests: again,
        },
        { name: 'upload', what: 'bytes sent by a rerun', against: '1 byte', ratio: bytes, limit: 0 },
      ]
    } finally {
      await network.close()
    }
  })
}
