import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnvironment } from './action.ts'
import { benchCache } from './clients.ts'
import { BenchError, type Entry, inFolder, median, program, ROOT, run, sideBySide } from './measure.ts'

/** The commit whose rehearsal is the measure. */
const THEN = 'e5ea2e4'

/** A rehearsal of the example with warm caches, against the one of an older commit, and its own share of the time. */
export async function rehearsal(): Promise<Entry[]> {
  const git = program('git')
  return inFolder(async (folder) => {
    const tree = join(folder, 'then')
    await run([git, 'worktree', 'add', '--detach', '--force', tree, THEN], { cwd: ROOT }).catch(() => {
      throw new BenchError(`git has no commit ${THEN} to compare with; fetch the whole history.`)
    })
    const own: number[] = []
    // A cache each, kept for the next bench: the older one may not know what the newer one left.
    const rehearse = (name: string, root: string) => async () => {
      const report = join(folder, `${name}.json`)
      const argv = [join(root, 'dist', 'slipway.js'), 'rehearse', '--engine', 'none', '--json', report]
      const env = { ...cleanEnvironment(), SLIPWAY_CACHE_DIR: benchCache(`rehearsal-${name}`) }
      const { seconds } = await run([process.execPath, ...argv], { cwd: root, env })
      if (name === 'now') own.push(JSON.parse(readFileSync(report, 'utf8')).seconds.slipway)
      return seconds
    }
    try {
      const [now, then] = [rehearse('now', ROOT), rehearse('then', tree)]
      // The first ones warm the caches and do not count.
      await now()
      await then()
      own.length = 0
      const times = await sideBySide({ now, then })
      const what = `rehearsal of the example, warm (${times.now.toFixed(1)} s)`
      const against = `that of commit ${THEN} (${times.then.toFixed(1)} s)`
      return [
        { name: 'rehearsal', what, against, ratio: times.now / times.then, limit: 0.55 },
        {
          name: 'rehearsal',
          what: 'its time outside child processes',
          against: '15 s',
          ratio: median(own) / 15,
          limit: 1,
        },
      ]
    } finally {
      await run([git, 'worktree', 'remove', '--force', tree], { cwd: ROOT })
    }
  })
}
