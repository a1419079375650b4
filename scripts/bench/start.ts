import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DIST, type Entry, inFolder, ROUNDS, run, sideBySide } from './measure.ts'

/** The actions' built files. */
export function builtActions(): string[] {
  return readdirSync(DIST).filter((each) => each.endsWith('.js') && each !== 'slipway.js')
}

/** What the start of each action takes on top of node's own. */
export async function start(): Promise<Entry[]> {
  // In an empty folder, with no program on PATH, an action loads and can only report what is missing.
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]))
  return inFolder(async (cwd) => {
    const seconds = async (...args: string[]) => {
      const { seconds } = await run([process.execPath, ...args], { cwd, env: nothing }, [0, 1])
      return seconds
    }
    await seconds('-e', '0')
    const entries: Entry[] = []
    for (const file of builtActions()) {
      const contenders = { ours: () => seconds(join(DIST, file)), node: () => seconds('-e', '0') }
      // Milliseconds vary more than seconds do.
      const times = await sideBySide(contenders, 3 * ROUNDS)
      const added = `${Math.round((times.ours - times.node) * 1000)} ms`
      const what = `start of ${file} over node's own (${added})`
      const ratio = (times.ours - times.node) / times.node
      entries.push({ name: 'start', what, against: `node -e 0 (${Math.round(times.node * 1000)} ms)`, ratio, limit: 1 })
    }
    return entries
  })
}
