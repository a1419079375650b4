import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { files, root } from './checkout.ts'

/** Limit in bytes of what an action may load at start: its entry and static imports. */
const BUDGET = 500_000

let scratch: string
let built: string

function build(checkout: string, out: string): void {
  execFileSync(process.execPath, [join(checkout, 'scripts/build.ts'), '--out', out], { cwd: tmpdir(), stdio: 'pipe' })
}

/** Returns the content of all files under a folder by name. */
async function contents(folder: string): Promise<Map<string, string>> {
  const names = existsSync(folder) ? await readdir(folder, { recursive: true }) : []
  const found = new Map<string, string>()
  for (const name of names.sort()) {
    if ((await stat(join(folder, name))).isFile()) found.set(name, await readFile(join(folder, name), 'latin1'))
  }
  return found
}

async function differences(a: string, b: string): Promise<string[]> {
  const [left, right] = [await contents(a), await contents(b)]
  return [...new Set([...left.keys(), ...right.keys()])].filter((name) => left.get(name) !== right.get(name))
}

async function entries(): Promise<string[]> {
  return (await readdir(built)).filter((name) => name.endsWith('.js'))
}

/** Copies the checkout under another name, with the same npm packages and copies of our own. */
async function copyOfCheckout(): Promise<string> {
  const copy = join(scratch, 'another name', 'deeper')
  for (const file of files.filter((each) => !each.startsWith('dist/'))) {
    await mkdir(join(copy, dirname(file)), { recursive: true })
    await cp(join(root, file), join(copy, file))
  }
  await mkdir(join(copy, 'node_modules/@slipway'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@slipway') await symlink(join(root, 'node_modules', name), join(copy, 'node_modules', name))
  }
  for (const name of await readdir(join(copy, 'packages'))) {
    await symlink(join(copy, 'packages', name), join(copy, 'node_modules/@slipway', name))
    // npm installs a package whose version differs from the common one inside the package that uses it.
    const nested = join(root, 'packages', name, 'node_modules')
    if (existsSync(nested)) await symlink(nested, join(copy, 'packages', name, 'node_modules'))
  }
  return copy
}

/** Returns this node and every node on PATH, one of each version. */
function nodes(): [version: string, path: string][] {
  const folders = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const found = new Map<string, string>()
  for (const path of [process.execPath, ...folders].filter((each) => existsSync(each))) {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
    if (Number(version.slice(1).split('.')[0]) >= 20) found.set(version, path)
  }
  return [...found]
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-dist-'))
  built = join(scratch, 'built')
  build(root, built)
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

test('every action has a bundle, including the root action', async () => {
  const actions = await readdir(join(root, 'actions'))
  expect(await entries()).toEqual(expect.arrayContaining([...actions, 'plan'].map((name) => `${name}.js`)))
})

test('dist/ matches the sources; if not, run `npm run build`', async () => {
  expect(await differences(built, join(root, 'dist'))).toEqual([])
})

test('the bytes do not depend on the name of the checkout', async () => {
  const again = join(scratch, 'again')
  build(await copyOfCheckout(), again)
  expect(await differences(built, again)).toEqual([])
})

test('an action loads little at its start', async () => {
  const weigh = async (file: string, seen: Set<string>): Promise<number> => {
    if (seen.has(file)) return 0
    seen.add(file)
    const text = await readFile(file, 'utf8')
    let bytes = Buffer.byteLength(text)
    for (const [, from] of text.matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g)) {
      bytes += await weigh(join(dirname(file), from as string), seen)
    }
    return bytes
  }
  for (const entry of (await entries()).filter((name) => name !== 'slipway.js')) {
    expect([entry, (await weigh(join(built, entry), new Set())) < BUDGET]).toEqual([entry, true])
  }
})

// In an empty folder, with no program on PATH and no home, an action can only report missing tools.
test.each(nodes())('every entry starts on node %s', async (_, node) => {
  const empty = join(scratch, 'empty')
  await mkdir(empty, { recursive: true })
  for (const entry of await entries()) {
    const env = { PATH: empty, HOME: empty }
    const { status, stderr } = spawnSync(node, [join(built, entry)], { cwd: empty, env, encoding: 'utf8' })
    expect([entry, stderr.match(/SyntaxError|ERR_\w+|is not a function|\n\s+at .*/)]).toEqual([entry, null])
    expect([entry, [0, 1, 2].includes(status ?? -1)]).toEqual([entry, true])
  }
})

test('the bundles list the licenses of their packages', async () => {
  const text = await readFile(join(built, 'LICENSES.txt'), 'utf8')
  const named = [...text.matchAll(/^(\S+) \d+\.\S+\nLicense: \S+$/gm)].map(([, name]) => name)
  expect(named).toEqual(expect.arrayContaining(['@actions/core', 'semver', 'smol-toml']))
})
