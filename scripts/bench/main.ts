import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { image } from './image.ts'
import { inspect } from './inspect.ts'
import { type Bench, BenchError, type Entry, ROUNDS } from './measure.ts'
import { memory } from './memory.ts'
import { plan } from './plan.ts'
import { planFiles } from './plan-files.ts'
import { rehearsal } from './rehearsal.ts'
import { release } from './release.ts'
import { size } from './size.ts'
import { start } from './start.ts'
import { upload } from './upload.ts'

const BENCHES: Record<string, Bench> = {
  upload,
  release,
  image,
  'plan-files': planFiles,
  plan,
  build,
  inspect,
  rehearsal,
  start,
  size,
  memory,
}

function line({ name, what, against, ratio, limit, requests, peerRequests }: Entry): string {
  const verdict = limit === null ? '' : ratio <= limit ? 'within' : 'OVER'
  const bound = limit === null ? '' : `of ${limit.toFixed(2)}`
  const count = [requests, peerRequests].filter((each) => each !== undefined).join(' : ')
  const sent = count === '' ? '' : ` (requests ${count})`
  return `${name.padEnd(10)} ${ratio.toFixed(2).padStart(6)} ${bound.padEnd(8)} ${verdict.padEnd(6)} ${what}, against ${against}${sent}\n`
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'string' }, delay: { type: 'string', default: '100' }, requests: { type: 'boolean' } },
    allowPositionals: true,
  })
  const delay = Number(values.delay)
  if (!(delay >= 0)) throw new BenchError(`--delay is ${values.delay}, which is not a number of milliseconds.`)
  if (!Number.isInteger(ROUNDS) || ROUNDS < 1) throw new BenchError('SLIPWAY_BENCH_ROUNDS is no whole number above 0.')
  const unknown = positionals.find((each) => !Object.hasOwn(BENCHES, each))
  if (unknown !== undefined) {
    throw new BenchError(`There is no bench ${unknown}; there are ${Object.keys(BENCHES).join(', ')}.`)
  }
  const trace = (title: string, lines: readonly string[]) => {
    if (values.requests) process.stdout.write(`${title}\n${lines.map((each) => `  ${each}\n`).join('')}`)
  }
  const entries: Entry[] = []
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    const found = await (BENCHES[name] as Bench)({ delay, trace })
    for (const each of found) process.stdout.write(line(each))
    entries.push(...found)
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(entries, null, 2)}\n`)
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`${cause instanceof BenchError ? cause.message : (cause as Error).stack}\n`)
  process.exitCode = 1
}
