import { basename } from 'node:path'
import { describeFile } from '@slipway/artifacts/artifact'
import { inspectEach } from '@slipway/artifacts/inspect'
import type { Artifact } from '@slipway/core/artifact'
import { counted } from '@slipway/core/counted'
import { normalizeName } from '@slipway/core/name'
import { errorsOf, type Problem } from '@slipway/core/problem'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { showProblems } from './problems.ts'
import { paint, plain, type Terminal, terminalOf } from './terminal.ts'
import { COMMANDS } from './usage.ts'
import { UsageError } from './usage-error.ts'

/** What a file's name says; name and version are null if it is not a valid name. */
interface Named {
  kind: 'wheel' | 'sdist' | 'crate'
  name: string | null
  version: string | null
  /** The expanded tags of a wheel; empty for other files. */
  tags: string[]
}

/** One file in the output of `slipway inspect --json`; docs/json.md describes it. */
interface Inspected extends Omit<Named, 'kind'> {
  file: string
  ok: boolean
  problems: Omit<Problem, 'where'>[]
}

/** Reads the name of a file. @throws UsageError for a file of another kind */
function readName(file: string): Named {
  const filename = basename(file)
  if (filename.endsWith('.whl')) {
    const wheel = parseWheelFilename(filename)
    const name = wheel && normalizeName(wheel.distribution)
    return { kind: 'wheel', name, version: wheel?.version ?? null, tags: wheel?.tags ?? [] }
  }
  if (/\.(?:tar\.gz|tgz|zip)$/.test(filename)) {
    const sdist = filename.endsWith('.tar.gz') ? parseSdistFilename(filename) : null
    return {
      kind: 'sdist',
      name: sdist && normalizeName(sdist.distribution),
      version: sdist?.version ?? null,
      tags: [],
    }
  }
  const [, name, version] = /^(.+?)-(\d+\.\d.*)\.crate$/.exec(filename) ?? []
  if (name === undefined || version === undefined)
    throw new UsageError(`${file} is not the name of a wheel, an sdist or a crate.`, COMMANDS.inspect.usage)
  return { kind: 'crate', name, version, tags: [] }
}

async function describe(file: string, { kind, name, version }: Named): Promise<Artifact> {
  try {
    return await describeFile(kind, name ?? '', version ?? '', file)
  } catch (cause) {
    throw new UsageError(`Cannot read ${file}: ${(cause as Error).message}`, COMMANDS.inspect.usage)
  }
}

async function inspect(files: readonly string[]): Promise<Inspected[]> {
  const names = files.map(readName)
  const artifacts: Artifact[] = []
  for (const [index, file] of files.entries()) artifacts.push(await describe(file, names[index] as Named))
  const found = await inspectEach(artifacts, null)
  return files.map((file, index) => {
    const [{ kind, ...named }, problems] = [names[index] as Named, found[index] ?? []]
    return { file, ok: errorsOf(problems).length === 0, ...named, problems: problems.map(({ where, ...rest }) => rest) }
  })
}

/** Runs `slipway inspect`. */
export async function run(files: string[], options: { json?: boolean }): Promise<number> {
  if (files.length === 0) throw new UsageError('inspect needs a file.', COMMANDS.inspect.usage)
  const inspected = await inspect(files)
  if (options.json) process.stdout.write(`${JSON.stringify(inspected, null, 2)}\n`)
  else show(terminalOf(process.stdout, process.env), inspected)
  return inspected.every((each) => each.ok) ? 0 : 1
}

/** Shows each file with its problems, and a count at the end. */
export function show(terminal: Terminal, inspected: readonly Inspected[]): void {
  for (const { file, ok, problems } of inspected) {
    const verdict = ok ? (problems.length === 0 ? 'fine' : 'accepted') : 'refused'
    const color = ok ? (problems.length === 0 ? 'blue' : 'yellow') : 'red'
    terminal.write(`${paint(terminal, 'bold', plain(file))}: ${paint(terminal, color, verdict)}\n`)
    showProblems(terminal, problems)
  }
  const refused = inspected.filter((each) => !each.ok).length
  terminal.write(`\n${counted(inspected.length, 'file')} inspected, ${refused} refused\n`)
}
