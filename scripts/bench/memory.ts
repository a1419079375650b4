import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runAction } from './action.ts'
import { BenchError, type Entry, inFolder, ROUNDS } from './measure.ts'
import { openNetwork } from './network.ts'
import { WheelMaker } from './wheels.ts'

const BUDGET = 250

/** The most memory that an upload of six wheels of 90 MB takes, in the worst of at most three runs. */
export async function memory(): Promise<Entry[]> {
  return inFolder(async (folder) => {
    const wheels = new WheelMaker(90)
    const network = await openNetwork(folder, 0)
    const peaks: number[] = []
    try {
      for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
        const cwd = join(folder, 'wheels')
        wheels.write(join(cwd, String(round)), `bench_memory${round}`)
        const file = join(folder, 'peak.txt')
        const inputs = { 'packages-dir': String(round), 'pypi-token': network.description.pypi.token }
        const node = ['--import', pathToFileURL(join(import.meta.dirname, 'peak-memory.mjs')).href]
        const env = { SLIPWAY_SANDBOX: network.file, PEAK_FILE: file }
        await runAction('publish-pypi', inputs, { cwd, scratch: folder, node, env })
        const taken = network.take().filter((each) => each.bytes > 1_000_000 && each.status === 200).length
        if (taken !== 6) throw new BenchError(`publish-pypi uploaded ${taken} of 6 wheels.`)
        peaks.push(Number(readFileSync(file, 'utf8')) / 1_000_000)
      }
    } finally {
      await network.close()
    }
    const peak = Math.max(...peaks)
    const what = `peak memory of publish-pypi with 6 wheels of 90 MB (${Math.round(peak)} MB)`
    return [{ name: 'memory', what, against: `${BUDGET} MB`, ratio: peak / BUDGET, limit: 1 }]
  })
}
