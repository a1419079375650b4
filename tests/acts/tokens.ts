import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect } from '@jest/globals'
import { succeed, temporaryFolder } from '../sandbox/harness.ts'
import type { World } from './world.ts'

/** Services whose tokens only one step may hold. */
const REGISTRIES = ['cargo', 'pypi', 'testpypi']

/** The tokens that registries were sent: the ones they granted, and the ID tokens of jobs. */
export function tokensSent({ recorder }: Pick<World, 'recorder'>): string[] {
  const own = recorder.passed.filter((each) => REGISTRIES.includes(each.service))
  const granted = own.flatMap(({ authorization }) => {
    const [, scheme = '', value = ''] = /^(?:(\w+) )?(.+)$/.exec(authorization ?? '') ?? []
    const text = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().replace(/^\w+:/, '') : value
    return text === '' ? [] : [text]
  })
  const identities = own.flatMap(({ path, body }) => {
    return /token/.test(path) ? (body.toString('latin1').match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []) : []
  })
  return [...new Set([...granted, ...identities])]
}

/** Programs first on PATH that record their arguments, and then do what they are for. */
export function recordedPrograms(path: string, ...names: readonly string[]) {
  const folder = temporaryFolder()
  const [bin, file] = [join(folder, 'bin'), join(folder, 'arguments')]
  mkdirSync(bin)
  writeFileSync(file, '')
  for (const each of names) {
    // The next of the same name, whatever else is before this folder.
    const next = `next=$(PATH=$(printf %s "$PATH" | sed 's#${bin}:##g') command -v ${each})`
    const text = `#!/bin/sh\nprintf '%s\\n' "${each} $*" >> '${file}'\n${next}\nexec "$next" "$@"\n`
    writeFileSync(join(bin, each), text, { mode: 0o755 })
  }
  return { path: `${bin}${delimiter}${path}`, lines: () => readFileSync(file, 'utf8').split('\n') }
}

/**
 * Expects that a token that registries were sent is in no file below the folders: logs, summaries, artifacts, caches and
 * workspaces, and what their archives contain.
 */
export async function expectNowhere(tokens: readonly string[], folders: readonly string[]): Promise<void> {
  expect(tokens.length).toBeGreaterThan(0)
  const lines = join(temporaryFolder(), 'lines')
  writeFileSync(lines, tokens.join('\n'), { mode: 0o600 })
  const script = join(import.meta.dirname, 'find-tokens.py')
  const search = async (among: readonly string[]) => (await succeed(['python3', script, lines, ...among])).stdout
  // The search finds a token that is there, also deep in archives.
  const planted = temporaryFolder()
  writeFileSync(join(planted, 'inner.txt'), tokens[0] as string)
  await succeed(['tar', 'czf', 'inner.tar.gz', 'inner.txt'], { cwd: planted })
  await succeed(['python3', '-m', 'zipfile', '-c', 'outer.zip', 'inner.tar.gz'], { cwd: planted })
  expect(await search([planted])).toContain('outer.zip!inner.tar.gz!!inner.txt')
  expect(await search(folders)).toBe('')
}
