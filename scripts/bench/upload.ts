import { readdirSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { cleanEnvironment, runAction } from './action.ts'
import { pythonClients } from './clients.ts'
import { BenchError, type BenchOptions, type Entry, inFolder, run, sideBySide } from './measure.ts'
import { listed, type Network, openNetwork, type Sent } from './network.ts'
import { WheelMaker } from './wheels.ts'

const CONTENDERS = ['ours', 'twine', 'uv', 'uvCheck'] as const
type Contender = (typeof CONTENDERS)[number]
const CALLED: Record<Contender, string> = {
  ours: 'publish-pypi',
  twine: 'twine upload',
  uv: 'uv publish',
  uvCheck: 'uv publish --check-url',
}

type Uploader = (cwd: string, files: string[]) => Promise<{ seconds: number }>

/** Returns how each contender uploads. */
async function uploaders(
  folder: string,
  { file, description: { pypi } }: Network,
): Promise<Record<Contender, Uploader>> {
  const { twine, uv } = await pythonClients('twine', 'uv')
  const secret = {
    TWINE_USERNAME: '__token__',
    TWINE_PASSWORD: pypi.token,
    UV_PUBLISH_TOKEN: pypi.token,
    UV_CACHE_DIR: join(folder, 'uv'),
    UV_NO_CONFIG: '1',
  }
  const peer = (...argv: [string, ...string[]]) => run(argv, { cwd: folder, env: { ...cleanEnvironment(), ...secret } })
  const uvPublish = [uv, 'publish', '--trusted-publishing', 'never', '--publish-url', pypi.upload] as const
  return {
    ours: (cwd) =>
      runAction(
        'publish-pypi',
        { 'packages-dir': '.', 'pypi-token': pypi.token },
        { cwd, scratch: folder, env: { SLIPWAY_SANDBOX: file } },
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
}

/** What a contender's last upload asked of PyPI, and of others. */
interface Asked {
  pypi: Sent[]
  elsewhere: Sent[]
}

/** The seconds of each contender, and its requests. */
interface Uploads {
  seconds: Record<Contender, number>
  asked: Map<Contender, Asked>
}

/** Measures the uploads, of wheels that PyPI lacks or of the same once more. */
async function measure(folder: string, network: Network, again: boolean): Promise<Uploads> {
  const wheels = new WheelMaker(5)
  const uploads = await uploaders(folder, network)
  const asked = new Map<Contender, Asked>()
  const timed = (who: Contender) => async (round: number) => {
    const cwd = join(folder, `${who}${round}`)
    const files = again
      ? readdirSync(cwd).map((each) => join(cwd, each))
      : wheels.write(cwd, `bench_${who.toLowerCase()}${round}`)
    network.take()
    const { seconds } = await uploads[who](cwd, files)
    const all = network.take()
    const pypi = all.filter((each) => each.service === 'pypi')
    asked.set(who, { pypi, elsewhere: all.filter((each) => each.service !== 'pypi') })
    const taken = pypi.filter((each) => each.status === 200 && each.bytes > 1_000_000).length
    if (!again && taken !== 6) throw new BenchError(`${CALLED[who]} uploaded ${taken} of 6 wheels.`)
    return seconds
  }
  const seconds = await sideBySide({
    ours: timed('ours'),
    twine: timed('twine'),
    uv: timed('uv'),
    uvCheck: timed('uvCheck'),
  })
  return { seconds, asked }
}

/** Compares our upload with a peer's. */
function compared({ seconds, asked }: Uploads, peer: Contender, more: string, limit: number | null): Entry {
  return {
    name: 'upload',
    what: `6 wheels of 5 MB to PyPI${more} (${seconds.ours.toFixed(2)} s)`,
    against: `${CALLED[peer]} (${seconds[peer].toFixed(2)} s)`,
    ratio: seconds.ours / seconds[peer],
    limit,
    requests: asked.get('ours')?.pypi.length ?? 0,
    peerRequests: asked.get(peer)?.pypi.length ?? 0,
  }
}

/** Six wheels of 5 MB to PyPI, and once more when they are there, against twine and uv. */
export async function upload({ delay, trace }: BenchOptions): Promise<Entry[]> {
  return inFolder(async (folder) => {
    const network = await openNetwork(folder, delay)
    try {
      const first = await measure(folder, network, false)
      const rerun = await measure(folder, network, true)
      for (const [what, { asked }] of Object.entries({ upload: first, 'upload again': rerun })) {
        for (const [who, { pypi, elsewhere }] of asked) {
          trace(`${what}: ${who}`, listed(pypi))
          if (elsewhere.length > 0) trace(`${what}: ${who}, elsewhere`, listed(elsewhere))
        }
      }
      const again = rerun.asked.get('ours')?.pypi ?? []
      const bytes = again.reduce((sum, each) => sum + each.bytes, 0)
      const requests = again.length
      return [
        compared(first, 'twine', '', 0.8),
        compared(first, 'uv', '', 1.1),
        compared(first, 'uvCheck', '', 1.1),
        compared(rerun, 'uv', ', which has them', null),
        compared(rerun, 'uvCheck', ', which has them', null),
        { name: 'upload', what: 'requests of a rerun', against: '2 requests', ratio: requests / 2, limit: 1, requests },
        { name: 'upload', what: 'bytes sent by a rerun', against: '1 byte', ratio: bytes, limit: 0 },
      ]
    } finally {
      await network.close()
    }
  })
}
