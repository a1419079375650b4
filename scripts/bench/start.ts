import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DIST, type Entry, inFolder, ROUNDS, run, sideBySide } from './measure.ts'

/** The actions' built files. */
export function builtActions(): string[] {
  return readdirSync(DIST).filter((each) => each.endsWith('.js') && each !== 'slipway.js')
}

/** A file that node runs, and how its time is described and judged. */
interface Started {
  path: string
  what: string
  limit: number | null
}

/** Returns the start of an action until its first check fails, and the loading of the code that runs after it. */
function startsOf(file: string): Started[] {
  const work = join(DIST, 'chunks', `actions-${file.replace(/\.js$/, '-run.js')}`)
  return [
    { path: join(DIST, file), what: `start of ${file} until its first check`, limit: 1 },
    ...(existsSync(work) ? [{ path: work, what: `loading of the work of ${file}`, limit: null }] : []),
  ]
}

/** What the start of each action takes on top of node's own. */
export async function start(): Promise<Entry[]> {
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]))
  return inFolder(async (cwd) => {
    // The project's folder does not exist, which is what an action checks first, or its repository, or the sandbox.
    const env = { ...nothing, INPUT_PATH: 'nowhere' }
    const seconds = async (...args: string[]) => (await run([process.execPath, ...args], { cwd, env }, [0, 1])).seconds
    await seconds('-e', '0')
    const entries: Entry[] = []
    for (const { path, what, limit } of builtActions().flatMap(startsOf)) {
      const contenders = { ours: () => seconds(path), node: () => seconds('-e', '0') }
      // Milliseconds vary more than seconds do.
      const times = await sideBySide(contenders, 3 * ROUNDS)
      const added = times.ours - times.node
      entries.push({
        name: 'start',
        what: `${what} over node's own (${Math.round(added * 1000)} ms)`,
        against: `node -e 0 (${Math.round(times.node * 1000)} ms)`,
        ratio: added / times.node,
        limit,
      })
    }
    return entries
  })
}
