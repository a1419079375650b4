import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** The packages that each package may use. A package may only use those above it, so there are no cycles. */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  runtime: ['core'],
  documents: ['core'],
  project: ['core', 'documents'],
  plan: ['core', 'documents', 'project'],
  bump: ['core', 'documents', 'project', 'plan'],
  artifacts: ['core'],
  toolchain: ['core', 'artifacts'],
  registries: ['core', 'artifacts'],
  'stand-ins': ['core', 'runtime', 'registries'],
  sandbox: ['core'],
  release: ['core', 'documents', 'project', 'plan', 'artifacts', 'toolchain', 'registries'],
  cli: ['core', 'documents', 'project', 'plan', 'bump', 'artifacts', 'toolchain', 'registries', 'release', 'sandbox'],
  actions: ['core', 'documents', 'project', 'plan', 'artifacts', 'toolchain', 'registries', 'release', 'runtime'],
}

const IMPORTS = [
  /^(?:import|export)\s[^;'"]*?from\s*'([^']+)'/gm,
  /^import\s*'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'\s*[,)]/g,
]

interface Import {
  file: string
  /** `cli`, or `actions/plan`: relative imports stay within it. */
  owner: string
  from: string
}

function ownerOf(file: string): string | null {
  return (/^packages\/([^/]+)\/src\//.exec(file)?.[1] ?? /^(actions\/[^/]+)\/src\//.exec(file)?.[1]) || null
}

function importsOf(file: string): Import[] {
  const owner = ownerOf(file)
  if (owner === null || !file.endsWith('.ts')) return []
  const text = readFileSync(join(root, file), 'utf8')
  return IMPORTS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, from]) => ({ file, owner, from: from ?? '' })),
  )
}

const imports = files.flatMap(importsOf)
const shown = ({ file, from }: Import) => `${file} imports ${from}`

/** Returns the npm package of an import, or null for one of our packages, a relative path or node itself. */
function npmPackageOf({ from }: Import): string | null {
  if (from.startsWith('.') || from.startsWith('node:') || from.startsWith('@slipway/')) return null
  return /^(@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? null
}

test('the table of arrows has no cycle and names every package', () => {
  const above: string[] = []
  for (const [name, uses] of Object.entries(ARROWS)) {
    expect(uses.filter((each) => !above.includes(each))).toEqual([])
    above.push(name)
  }
  expect(
    [...new Set(imports.map(({ owner }) => owner.split('/')[0] as string))].filter((name) => !above.includes(name)),
  ).toEqual([])
})

test('packages use each other only along the arrows', () => {
  const against = imports.filter(({ owner, from }) => {
    const used = /^@slipway\/([^/]+)/.exec(from)?.[1]
    return used !== undefined && !ARROWS[owner.split('/')[0] as string]?.includes(used)
  })
  expect(against.map(shown)).toEqual([])
})

test('a relative import stays in its package', () => {
  const leaving = imports.filter(
    ({ file, owner, from }) => from.startsWith('.') && ownerOf(join(dirname(file), from)) !== owner,
  )
  expect(leaving.map(shown)).toEqual([])
})

test('imports of node’s modules have the prefix `node:`', () => {
  expect(imports.filter(({ from }) => builtinModules.includes(from)).map(shown)).toEqual([])
})

test('only runtime uses @actions', () => {
  expect(imports.filter(({ owner, from }) => from.startsWith('@actions/') && owner !== 'runtime').map(shown)).toEqual(
    [],
  )
})

test.each(Object.keys(ARROWS).filter((name) => name !== 'actions'))(
  '%s declares the npm packages that it imports',
  (name) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
    const used = imports
      .filter((each) => each.owner === name)
      .map(npmPackageOf)
      .filter((each) => each !== null)
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual([...new Set(used)].sort())
  },
)

test('actions import no npm package', () => {
  expect(imports.filter((each) => each.owner.startsWith('actions/') && npmPackageOf(each) !== null).map(shown)).toEqual(
    [],
  )
})
