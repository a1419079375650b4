import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** Which rooms a room may use. A room may only name rooms above it, so there are no cycles. */
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
  /\bimport\(\s*'([^']+)'\s*\)/g,
]

interface Import {
  file: string
  /** `cli`, or `actions/plan`: relative imports stay within. */
  room: string
  from: string
}

function roomOf(file: string): string | null {
  return (/^packages\/([^/]+)\/src\//.exec(file)?.[1] ?? /^(actions\/[^/]+)\/src\//.exec(file)?.[1]) || null
}

function importsOf(file: string): Import[] {
  const room = roomOf(file)
  if (room === null || !file.endsWith('.ts')) return []
  const text = readFileSync(join(root, file), 'utf8')
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, from]) => ({ file, room, from: from ?? '' })))
}

const imports = files.flatMap(importsOf)
const shown = ({ file, from }: Import) => `${file} imports ${from}`

/** The npm package of an import, or null for a room, a relative path or node itself. */
function packageOf({ from }: Import): string | null {
  if (from.startsWith('.') || from.startsWith('node:') || from.startsWith('@slipway/')) return null
  return /^(@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? null
}

test('the table of arrows has no cycle and names every room', () => {
  const above: string[] = []
  for (const [room, uses] of Object.entries(ARROWS)) {
    expect(uses.filter((each) => !above.includes(each))).toEqual([])
    above.push(room)
  }
  expect(
    [...new Set(imports.map(({ room }) => room.split('/')[0] as string))].filter((room) => !above.includes(room)),
  ).toEqual([])
})

test('rooms are used along the arrows only', () => {
  const against = imports.filter(({ room, from }) => {
    const used = /^@slipway\/([^/]+)/.exec(from)?.[1]
    return used !== undefined && !ARROWS[room.split('/')[0] as string]?.includes(used)
  })
  expect(against.map(shown)).toEqual([])
})

test('a relative import stays in its room', () => {
  const leaving = imports.filter(
    ({ file, room, from }) => from.startsWith('.') && roomOf(join(dirname(file), from)) !== room,
  )
  expect(leaving.map(shown)).toEqual([])
})

test('node’s modules are named as such', () => {
  expect(imports.filter(({ from }) => builtinModules.includes(from)).map(shown)).toEqual([])
})

test('only the runtime knows @actions', () => {
  expect(imports.filter(({ room, from }) => from.startsWith('@actions/') && room !== 'runtime').map(shown)).toEqual([])
})

test.each(Object.keys(ARROWS).filter((room) => room !== 'actions'))(
  'the packages that %s declares are those it imports',
  (room) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', room, 'package.json'), 'utf8'))
    const used = imports
      .filter((each) => each.room === room)
      .map(packageOf)
      .filter((name) => name !== null)
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual([...new Set(used)].sort())
  },
)

test('actions import no npm package', () => {
  expect(imports.filter((each) => each.room.startsWith('actions/') && packageOf(each) !== null).map(shown)).toEqual([])
})
