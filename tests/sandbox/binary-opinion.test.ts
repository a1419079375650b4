import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import type { Slice } from '@slipway/artifacts/binary/binary'
import { readWheel } from '@slipway/artifacts/wheel'
import linux from '@slipway/core/python/data/linux-libraries.json' with { type: 'json' }
import stable from '@slipway/core/python/data/stable-abi.json' with { type: 'json' }
import { parseWheelFilename } from '@slipway/core/python/filename'
import { isNewer, parsePlatform } from '@slipway/core/python/platform'
import { isOfPlatform } from '@slipway/core/python/platform-libraries'
import { stableSince } from '@slipway/core/python/stable-abi'
import { succeed, temporaryFolder } from './harness.ts'
import { pythonClients } from './python-clients.ts'
import { downloaded, REAL } from './real-distributions.ts'

const { tool, install } = pythonClients('binary-opinion', 'abi3audit', 'auditwheel', 'delvewheel', 'macholib')
beforeAll(install)

/** What other tools read, as binary-opinion.py prints it. */
interface Opinion {
  wheels: {
    /** By path, the libraries of each slice, and the glibc or macOS that it needs. */
    files: Record<string, { needed: string[]; version: string | null }[]>
    /** By path, what abi3audit says of a module for the stable ABI. */
    modules: Record<string, { newest: number; outside: string[] }>
    /** The strictest platform that auditwheel finds a wheel fit for: `manylinux_2_17_x86_64`. */
    policy: string | null
  }[]
  stable: Record<string, number>
  windows: string[]
  manylinux: Record<string, string[]>
  musllinux: Record<string, string[]>
}

const SCRIPT = fileURLToPath(new URL('binary-opinion.py', import.meta.url))

async function opinion(wheels: readonly string[]): Promise<Opinion> {
  const input = join(temporaryFolder(), 'wheels.json')
  writeFileSync(input, JSON.stringify(wheels))
  const shell = ['sh', '-c', '"$1" "$2" < "$3"', 'sh', tool('python'), SCRIPT, input]
  return JSON.parse((await succeed(shell)).stdout) as Opinion
}

/** Wheels with native files. delocate is not asked: it runs otool, which only macOS has. */
const NATIVE = REAL.filter(([filename]) => filename.endsWith('.whl') && !filename.endsWith('-any.whl'))

const loader = (library: string) => /^ld-|^ld64/.test(library)

/** Returns what the tools read too. A program's loader is no library of pyelftools. */
function comparable({ needed, glibc, macos }: Slice, others: readonly string[]) {
  return { needed: needed.filter((each) => !loader(each) || others.includes(each)), version: glibc ?? macos }
}

/** Wheels for which auditwheel takes the libc of this system, and why. */
const GUESSED: [which: RegExp, why: string][] = [
  [/^(?:ruff|uv|maturin)-/, 'a static program needs no libc'],
  [
    /^rpds_py-.*musllinux/,
    'they need `libc.so`, and auditwheel knows musl only by `libc.musl-x86_64.so.1` without its libraries',
  ],
]

test('native files of real wheels: pyelftools, pefile and macholib read the same', async () => {
  const paths: string[] = []
  for (const [filename, sha256] of NATIVE) paths.push(await downloaded(tool('pip'), filename, sha256))
  const { wheels } = await opinion(paths)
  const otherLibc: string[] = []
  for (const [index, path] of paths.entries()) {
    const { files } = await readWheel(path)
    const binaries = [...files].flatMap(([name, { binary }]) => (binary ? [[name, binary.slices] as const] : []))
    const { files: others = {}, modules = {}, policy } = wheels[index] ?? {}
    const read = binaries.map(([name, slices]) => [
      name,
      slices.map((slice, at) => comparable(slice, others[name]?.[at]?.needed ?? [])),
    ])
    expect([path, Object.fromEntries(read)]).toEqual([path, others])

    // abi3audit: the same version of the stable ABI, and the same symbols outside it.
    const audited = binaries.flatMap(([name, slices]) => {
      if (!(name in modules)) return []
      const used = slices.flatMap(({ imports }) => imports)
      const newest = Math.max(2, ...used.map((each) => stableSince(each) ?? 0))
      return [[name, { newest, outside: used.filter((each) => stableSince(each) === null).sort() }]]
    })
    expect([path, Object.fromEntries(audited)]).toEqual([path, modules])

    // auditwheel: no wheel needs a newer platform than the oldest of its tags.
    const tags = (parseWheelFilename(basename(path))?.platformTags ?? []).flatMap((each) => parsePlatform(each) ?? [])
    const fit = policy ? parsePlatform(policy) : null
    if (!fit) continue
    if (tags.some(({ system }) => system !== fit.system)) otherLibc.push(basename(path))
    else expect([path, tags.filter((each) => isNewer(fit.version ?? '', each.version ?? ''))]).toEqual([path, []])
  }
  expect(otherLibc.filter((each) => !GUESSED.some(([which]) => which.test(each)))).toEqual([])
})

test('the lists that age are those of today', async () => {
  const today = await opinion([])
  const listed = Object.entries(stable.added).flatMap(([minor, names]) =>
    names.split(' ').map((name) => [name, Number(minor)]),
  )
  expect(Object.fromEntries(listed)).toEqual(today.stable)
  const windows = parsePlatform('win_amd64')
  expect(today.windows.filter((each) => windows && !isOfPlatform(each, windows))).toEqual([])
  for (const [name, libraries] of Object.entries(today.manylinux)) {
    const [, since = ''] = /^manylinux_(\d+_\d+)$/.exec(name) ?? []
    const version = since.replace('_', '.')
    const ours = Object.entries(linux.manylinux).flatMap(([from, names]) =>
      isNewer(from, version) ? [] : names.split(' '),
    )
    expect([name, ours.sort()]).toEqual([name, libraries])
  }
  for (const each of Object.values(today.musllinux)) expect(linux.musllinux.split(' ')).toEqual(each)
})
