import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runAction } from './action.ts'
import { BenchError, type BenchOptions, type Entry, inFolder, run, sideBySide } from './measure.ts'
import { listed, openNetwork, type Sent } from './network.ts'
import { commit, PROJECT, write } from './repository.ts'

const ASSETS = 12

/** A GitHub release with twelve assets of 1 MB, against a script that does the least. */
export async function release({ delay, trace }: BenchOptions): Promise<Entry[]> {
  return inFolder(async (folder) => {
    const cwd = join(folder, 'project')
    write(cwd, PROJECT)
    await commit(cwd)
    mkdirSync(join(cwd, 'dist'))
    const files = Array.from({ length: ASSETS }, (_, index) => join(cwd, 'dist', `file-${index + 10}.bin`))
    for (const each of files) writeFileSync(each, randomBytes(1_000_000))
    const network = await openNetwork(folder, delay)
    const { github } = network.description
    const requests: Record<string, Sent[]> = {}
    const measured =
      (name: string, act: (repository: string) => Promise<{ seconds: number }>) => async (round: number) => {
        network.take()
        const { seconds } = await act(`owner/${name}${round}`)
        const all = network.take()
        requests[name] = all.filter((each) => each.service === 'github' || each.service === 'uploads')
        requests[`${name}, elsewhere`] = all.filter((each) => !requests[name]?.includes(each))
        const taken = requests[name].filter((each) => each.service === 'uploads' && each.status === 201).length
        if (taken !== ASSETS) throw new BenchError(`${name} uploaded ${taken} of ${ASSETS} assets.`)
        return seconds
      }
    const script = (parallel: number) => (repository: string) => {
      const file = join(import.meta.dirname, 'release-script.mjs')
      const args = [github.api, repository, 'v1.2.0', String(parallel), ...files]
      return run([process.execPath, file, ...args], { cwd, env: { TOKEN: github.token } })
    }
    // Slipway adds two assets: the notes and the sums.
    const patterns = files.slice(0, ASSETS - 2).map((each) => `dist/${each.split(/[\\/]/).at(-1)}`)
    const inputs = { files: patterns.join('\n'), 'github-token': github.token }
    try {
      const times = await sideBySide({
        ours: measured('ours', (repository) => {
          const env = { SLIPWAY_SANDBOX: network.file, GITHUB_API_URL: github.api, GITHUB_REPOSITORY: repository }
          return runAction('create-release', inputs, { cwd, scratch: folder, env })
        }),
        parallel: measured('parallel', script(4)),
        serial: measured('serial', script(1)),
      })
      for (const [name, list] of Object.entries(requests)) if (list.length > 0) trace(`release: ${name}`, listed(list))
      const entry = (peer: 'parallel' | 'serial', called: string, limit: number | null): Entry => ({
        name: 'release',
        what: `GitHub release with ${ASSETS} assets (${times.ours.toFixed(2)} s)`,
        against: `a script of 3 + ${ASSETS} calls, ${called} (${times[peer].toFixed(2)} s)`,
        ratio: times.ours / times[peer],
        limit,
        requests: requests.ours?.length ?? 0,
        peerRequests: requests[peer]?.length ?? 0,
      })
      return [entry('parallel', '4 in parallel', 1.15), entry('serial', 'one by one', null)]
    } finally {
      await network.close()
    }
  })
}
