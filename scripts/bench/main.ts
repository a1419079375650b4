import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { planTimes } from './plan.ts'

/** A measurement: the ratio of two values measured in one run, and its limit. */
interface Entry {
  name: string
  what: string
  against: string
  ratio: number
  limit: number
}

const root = resolve(import.meta.dirname, '../..')
const ROUNDS = 15
const dist = join(root, 'dist')
const actions = () => readdirSync(dist).filter((each) => each.endsWith('.js') && each !== 'slipway.js')

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
}

function milliseconds(args: readonly string[], cwd: string): number {
  const start = process.hrtime.bigint()
  spawnSync(process.execPath, args, { cwd, env: {}, stdio: 'ignore' })
  return Number(process.hrtime.bigint() - start) / 1e6
}

/** Measures the start of each action without node's own start, against the limit of 40 ms. */
function starts(): Entry[] {
  // In an empty folder, with no program on PATH, an action loads and can only report missing tools.
  const empty = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    return actions().map((file) => {
      const added: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        added.push(milliseconds([join(dist, file)], empty) - milliseconds(['-e', '0'], empty))
      }
      return {
        name: 'start',
        what: `start of ${file} over node -e 0`,
        against: '40 ms',
        ratio: median(added) / 40,
        limit: 1,
      }
    })
  } finally {
    rmSync(empty, { recursive: true, force: true })
  }
}

/** Returns the bytes that an entry loads at start: its file and its static imports. */
function loadedAtStart(file: string, seen = new Set<string>()): number {
  if (seen.has(file)) return 0
  seen.add(file)
  const imports = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)].map(
    (match) => match[1] as string,
  )
  return imports.reduce((sum, each) => sum + loadedAtStart(resolve(file, '..', each), seen), statSync(file).size)
}

function sizes(): Entry[] {
  const budget = 500_000
  return actions().map((file) => {
    const ratio = loadedAtStart(join(dist, file)) / budget
    return { name: 'size', what: `${file} and what it loads at start`, against: '0.5 MB', ratio, limit: 1 }
  })
}

/** Measures the time of a rehearsal with warm caches outside of child processes, against the limit of 15 s. */
function rehearsal(): Entry[] {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  const seconds: number[] = []
  try {
    // The first round only warms the caches.
    for (let round = 0; round < 6; round++) {
      const report = join(folder, 'report.json')
      const { status } = spawnSync(
        process.execPath,
        [join(dist, 'slipway.js'), 'rehearse', '--engine', 'none', '--json', report],
        {
          stdio: 'ignore',
        },
      )
      if (status !== 0) throw new Error('the rehearsal failed')
      if (round > 0) seconds.push(JSON.parse(readFileSync(report, 'utf8')).seconds.slipway)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const ratio = median(seconds) / 15
  return [
    {
      name: 'rehearsal',
      what: 'rehearsal of examples/metatron outside child processes',
      against: '15 s',
      ratio,
      limit: 1,
    },
  ]
}

/** Measures a plan of 300 crates against cargo's time to list them. The limit is the ratio that amounts to two seconds. */
function plan(): Entry[] {
  const times = planTimes(join(dist, 'slipway.js'))
  const cargo = median(times.cargo)
  const what = 'plan of 300 crates, offline'
  const against = 'cargo metadata --no-deps (the limit: 2 s)'
  return [{ name: 'plan', what, against, ratio: median(times.plan) / cargo, limit: 2000 / cargo }]
}

const BENCHES: Record<string, () => Entry[]> = { start: starts, size: sizes, rehearsal, plan }

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const names = positionals.length > 0 ? positionals : Object.keys(BENCHES)
const entries = names.flatMap((name) => {
  const bench = BENCHES[name]
  if (!bench) throw new Error(`There is no bench ${name}. Use one of ${Object.keys(BENCHES).join(', ')}.`)
  return bench()
})
for (const { name, what, against, ratio, limit } of entries) {
  const verdict = ratio <= limit ? 'within' : 'OVER'
  process.stdout.write(
    `${name.padEnd(10)} ${ratio.toFixed(2).padStart(6)} ${verdict.padEnd(6)} ${what}, against ${against}\n`,
  )
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(entries, null, 2)}\n`)
