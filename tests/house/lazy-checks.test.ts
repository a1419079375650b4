import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** Imports that load a module: those of types alone are erased. */
const STATIC = [/^(?:import|export)\s(?!type\b)[^;'"]*?from\s*'([^']+)'/gm, /^import\s*'([^']+)'/gm]

/** Returns the source file that an import names, or null for npm packages and node's own modules. */
function sourceOf(file: string, from: string): string | null {
  if (from.startsWith('.')) return join(dirname(file), from)
  const [, name, path] = /^@slipway\/([^/]+)\/(.+)$/.exec(from) ?? []
  return name === undefined ? null : `packages/${name}/src/${path}${path?.endsWith('.json') ? '' : '.ts'}`
}

function importsOf(file: string): string[] {
  if (!file.endsWith('.ts')) return []
  const text = readFileSync(join(root, file), 'utf8')
  return STATIC.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, from]) => sourceOf(file, `${from}`) ?? []))
}

/** Returns all files that an entry loads at its start, each with the one that imports it first. */
function loadedBy(entry: string): Map<string, string | null> {
  const loaded = new Map<string, string | null>([[entry, null]])
  for (const file of loaded.keys()) {
    for (const each of importsOf(file)) if (!loaded.has(each)) loaded.set(each, file)
  }
  return loaded
}

const actions = files.filter((each) => /^actions\/[^/]+\/src\/main\.ts$/.test(each))

test.each(actions)('%s loads the checks of a plan only when it plans', (entry) => {
  const loaded = loadedBy(entry)
  const checks = [...loaded].filter(([file]) => file.startsWith('packages/plan/src/checks/'))
  expect(checks.map(([file, by]) => `${by} imports ${file}`)).toEqual([])
})

test.each(actions)('%s loads its work only after its inputs', (entry) => {
  const work =
    /^packages\/(?:artifacts|documents|project|plan\/src\/plan|core\/src\/(?:version|publish|effects\/exec)|release\/src\/pipeline)\b/
  expect([...loadedBy(entry)].filter(([file]) => work.test(file)).map(([file, by]) => `${by} imports ${file}`)).toEqual(
    [],
  )
})

test('planning loads them', () => {
  expect(actions.length).toBeGreaterThan(10)
  expect(loadedBy('packages/release/src/plan/project-plan.ts').has('packages/plan/src/plan.ts')).toBe(true)
  expect(loadedBy('packages/plan/src/checks/all.ts').has('packages/plan/src/checks/workflows/workflows.ts')).toBe(true)
})
