import type { MatrixEntry, PlannedPackage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { cpythonMinor, parseWheelFilename } from '@slipway/core/python/filename'
import { type Interpreter, interpreterName, interpretersOf, interpreterTitle } from '@slipway/core/python/interpreter'
import { linuxProcessor } from '@slipway/core/python/platform'
import { allowsMinor } from '@slipway/core/python/requires-python'
import { tomlKey } from '@slipway/core/toml-text'

/** Returns the platform of a tag for people: `manylinux x86_64`, `macOS arm64`; null for `any`. */
function platformOf(tag: string): string | null {
  if (tag === 'any') return null
  const [, linux, linuxOn] =
    /^(manylinux|musllinux)\w*?_(x86_64|aarch64|i686|armv7l|ppc64le?|s390x|riscv64|loongarch64)$/.exec(tag) ?? []
  if (linux !== undefined) return `${linux} ${linuxOn}`
  const [, macOn] = /^macosx_\d+_\d+_(\w+)$/.exec(tag) ?? []
  if (macOn !== undefined) return `macOS ${macOn}`
  const [, windowsOn] = /^win(?:_(amd64|arm64)|32)$/.exec(tag) ?? []
  if (tag.startsWith('win')) return `Windows ${windowsOn ?? 'x86'}`
  return tag
}

/** Returns the platforms that the wheel of a target runs on. */
function platformsOf(target: string): string[] {
  const [architecture = ''] = target.split('-')
  if (target.endsWith('-windows-msvc')) return [`Windows ${architecture === 'x86_64' ? 'amd64' : 'arm64'}`]
  const mac: Record<string, string[]> = {
    x86_64: ['x86_64'],
    aarch64: ['arm64'],
    universal2: ['universal2', 'x86_64', 'arm64'],
  }
  if (target.endsWith('-apple-darwin')) return (mac[architecture] ?? []).map((each) => `macOS ${each}`)
  return [`${target.includes('-musl') ? 'musllinux' : 'manylinux'} ${linuxProcessor(target)}`]
}

/** Whether a plan builds a wheel for a Python, or its `requires-python` excludes it. */
function isBuiltFor(python: Interpreter, planned: PlannedPackage, jobs: readonly MatrixEntry[]): boolean {
  const { abi3, abi3t, requiresPython } = planned
  const { implementation, minor, freeThreaded } = python
  if (requiresPython !== undefined && !allowsMinor(requiresPython, minor)) return true
  const since = (abi: string | null | undefined) => (abi ? (cpythonMinor(abi) ?? 0) : Number.POSITIVE_INFINITY)
  const isByStableAbi = minor >= since(abi3t) || (!freeThreaded && minor >= since(abi3))
  const name = interpreterName(python)
  return (implementation === 'cpython' && isByStableAbi) || jobs.some((each) => each.interpreter === name)
}

/** The targets that slipway.toml can add, by their platform. */
const ADDABLE: Record<string, string> = {
  'manylinux x86_64': 'x86_64-unknown-linux-gnu',
  'manylinux aarch64': 'aarch64-unknown-linux-gnu',
  'manylinux i686': 'i686-unknown-linux-gnu',
  'manylinux armv7l': 'armv7-unknown-linux-gnueabihf',
  'manylinux ppc64le': 'powerpc64le-unknown-linux-gnu',
  'manylinux s390x': 's390x-unknown-linux-gnu',
  'manylinux riscv64': 'riscv64gc-unknown-linux-gnu',
  'musllinux x86_64': 'x86_64-unknown-linux-musl',
  'musllinux aarch64': 'aarch64-unknown-linux-musl',
  'musllinux i686': 'i686-unknown-linux-musl',
  'musllinux armv7l': 'armv7-unknown-linux-musleabihf',
  'macOS x86_64': 'x86_64-apple-darwin',
  'macOS arm64': 'aarch64-apple-darwin',
  'macOS universal2': 'universal2-apple-darwin',
  'Windows amd64': 'x86_64-pc-windows-msvc',
  'Windows arm64': 'aarch64-pc-windows-msvc',
}

/**
 * Warns if the newest release has wheels for platforms or Pythons that this one will not have. A Python that
 * `requires-python` excludes, and platforms covered by a universal wheel or by two, are not missed.
 * @param filenames of the newest release
 */
export function lostWheels(
  found: PlannedPackage,
  jobs: readonly MatrixEntry[],
  { version, filenames }: { version: string; filenames: readonly string[] },
): Problem[] {
  const wheels = filenames.flatMap((each) => parseWheelFilename(each) ?? [])
  const built = new Set(jobs.flatMap((each) => (each.target === '' ? [] : platformsOf(each.target))))
  // A pure package has one wheel for all, and what another job builds is not known yet.
  if (built.size === 0) return []
  if (built.has('macOS x86_64') && built.has('macOS arm64')) built.add('macOS universal2')
  const platforms = new Set(wheels.flatMap((each) => each.platformTags.flatMap((tag) => platformOf(tag) ?? [])))
  const pythons = new Map(wheels.flatMap(interpretersOf).map((each) => [interpreterName(each), each]))
  const lostPlatforms = [...platforms].filter((each) => !built.has(each)).sort()
  const lostPythons = [...pythons].flatMap(([name, python]) => (isBuiltFor(python, found, jobs) ? [] : [name])).sort()
  const lost = [...lostPlatforms, ...lostPythons.map(interpreterTitle)]
  if (lost.length === 0) return []
  const message = `The last release of ${found.name}, ${version}, has wheels for ${listed(lost)}; this one will not.`
  const targets = lostPlatforms.flatMap((each) => ADDABLE[each] ?? [])
  const others = lostPlatforms.filter((each) => ADDABLE[each] === undefined)
  const hint = [
    ...(targets.length > 0 ? [`Add ${quoted(targets)} to \`targets\` in slipway.toml.`] : []),
    ...(lostPythons.length > 0
      ? [
          `Add \`pythons = [${quoted(lostPythons)}]\` to \`[packages.${tomlKey(found.name)}]\` in slipway.toml. Slipway’s workflows install CPythons; in your own, setup-toolchains does.`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `Slipway does not plan ${listed(others)} yet: build the package in a job of your own, and set \`prebuilt\` in slipway.toml to its files.`,
        ]
      : []),
  ]
  const file = found.path === '.' ? 'pyproject.toml' : `${found.path}/pyproject.toml`
  return [warning('wheels-lost', message, hint.join(' '), { file, line: 1 })]
}

function quoted(words: readonly string[]): string {
  return words.map((each) => JSON.stringify(each)).join(', ')
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
