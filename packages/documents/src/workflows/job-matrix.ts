import { GITHUB_MAX_MATRIX_JOBS, MAX_MATRIX_MERGES, MAX_MATRIX_VALUES } from '../limits.ts'
import type { YamlDocument, YamlNode } from '../yaml.ts'

/** The effect of a matrix on its job. */
export interface Matrix {
  /** Whether the matrix may have several entries. */
  isRepeated: boolean
  /**
   * How many CPythons it names, for the platform with the most, for which one stable-ABI wheel would be enough: none that
   * are free-threaded.
   */
  pythons: number
  /** Its string values. */
  texts: string[]
  /** The values of `matrix` in each job, by name: `os`, `target.name`. Null where they are unknown. */
  entries: ReadonlyMap<string, string>[] | null
}

/** Returns the string of a node, or the strings of a sequence. */
export function textsOf(document: YamlDocument, node: YamlNode | undefined): string[] {
  const own = document.text(node)
  return own ? [own.text] : document.items(node).flatMap((each) => document.text(each)?.text ?? [])
}

/** A CPython in a matrix: `3.9`, `cp39`, `python3.9`. `3.13t` is free-threaded, and its stable ABI is a different one. */
export const CPYTHON = /^(?:cp|python|cpython-?)?3\.?(\d+)$/

function pythonsOf(document: YamlDocument, nodes: readonly YamlNode[]): number {
  const texts = nodes.map((each) => [
    ...textsOf(document, each),
    ...document.entries(each).flatMap(([, value]) => textsOf(document, value)),
  ])
  const named = texts.flatMap((each) => each.map((text) => CPYTHON.exec(text)?.[1]).find((minor) => minor) ?? [])
  // A version without quotes is a number, which is ambiguous: 3.1 may be 3.10.
  return new Set(named).size + texts.filter((each) => each.length === 0).length
}

/** Returns the scalars of an axis value, by name; null where it contains anything else. */
function valuesOf(
  document: YamlDocument,
  name: string,
  node: YamlNode,
  depth = 0,
): [name: string, value: string][] | null {
  const scalar = document.scalar(node)
  if (scalar !== null) return scalar.includes('${{') ? null : [[name, scalar]]
  const inner = document.entries(node).slice(0, MAX_MATRIX_VALUES)
  if (inner.length === 0 || depth > 0) return null
  const all = inner.map(([key, value]) => valuesOf(document, `${name}.${key}`, value, depth + 1))
  return all.some((each) => each === null) ? null : all.flatMap((each) => each ?? [])
}

type Values = ReadonlyMap<string, string>

function isWithin(part: Values, all: Values): boolean {
  return [...part].every(([key, value]) => all.get(key) === value)
}

/** Returns the mappings of `include` or `exclude`; null where they are unknown. */
function mappingsOf(document: YamlDocument, node: YamlNode | undefined): Values[] | null {
  if (node === undefined) return []
  const items = document.items(node).slice(0, GITHUB_MAX_MATRIX_JOBS + 1)
  if (items.length === 0 || items.length > GITHUB_MAX_MATRIX_JOBS) return null
  const all = items.map((each) => {
    const values = document
      .entries(each)
      .slice(0, MAX_MATRIX_VALUES)
      .map(([key, value]) => valuesOf(document, key, value))
    return values.length === 0 || values.some((value) => value === null)
      ? null
      : new Map(values.flatMap((value) => value ?? []))
  })
  return all.some((each) => each === null) ? null : all.flatMap((each) => each ?? [])
}

/** Returns the entries of a matrix, null where they are unknown (GitHub, "Workflow syntax": `jobs.<job_id>.strategy.matrix`). */
function entriesOf(
  document: YamlDocument,
  matrix: YamlNode | undefined,
  axes: readonly [string, YamlNode][],
): Values[] | null {
  if (matrix === undefined) return [new Map()]
  const [include, exclude] = ['include', 'exclude'].map((key) => mappingsOf(document, document.get(matrix, key)))
  if (!include || !exclude || (axes.length === 0 && include.length === 0)) return null
  let all: Map<string, string>[] = axes.length === 0 ? [] : [new Map()]
  for (const [name, axis] of axes) {
    const items = document.items(axis)
    if (items.length === 0 || all.length * items.length > GITHUB_MAX_MATRIX_JOBS) return null
    const values = items.map((each) => valuesOf(document, name, each))
    if (values.some((each) => each === null)) return null
    all = all.flatMap((before) => values.map((each) => new Map([...before, ...(each ?? [])])))
  }
  const entries = all.filter((each) => !exclude.some((part) => isWithin(part, each)))
  if (entries.length * include.length > MAX_MATRIX_MERGES) return null
  // `include` never overwrites the values of the axes.
  const originals = entries.map((each) => ({ each, axes: new Map(each) }))
  const isOfAxis = (key: string) => axes.some(([name]) => key === name || key.startsWith(`${name}.`))
  const added = include.flatMap((more) => {
    const ofAxes = new Map([...more].filter(([key]) => isOfAxis(key)))
    const matching = originals.filter((entry) => isWithin(ofAxes, entry.axes))
    for (const { each } of matching) for (const [key, value] of more) each.set(key, value)
    return matching.length === 0 ? [more] : []
  })
  return [...entries, ...added]
}

const PYTHONS = ['python', 'python-version', 'python_version', 'py', 'py-version']

/** Returns the most CPythons in entries that differ by nothing else, so that their jobs build for one platform. */
function pythonsOfPlatform(entries: readonly Values[]): number {
  const isPython = ([key]: readonly [string, string]) => PYTHONS.includes(key.replace(/\..*/, ''))
  const platforms = new Map<string, Set<string>>()
  for (const entry of entries) {
    const platform = JSON.stringify([...entry].filter((each) => !isPython(each)).sort())
    const minors = [...entry].filter(isPython).flatMap(([, value]) => CPYTHON.exec(value)?.[1] ?? [])
    platforms.set(platform, new Set([...(platforms.get(platform) ?? []), ...minors.slice(0, 1)]))
  }
  return Math.max(0, ...[...platforms.values()].map((each) => each.size))
}

/** Reads the matrix of a job. @param matrix undefined for a job without one */
export function matrixOf(document: YamlDocument, matrix: YamlNode | undefined): Matrix {
  const axes = document.entries(matrix).filter(([key]) => !['include', 'exclude'].includes(key))
  const include = document.items(document.get(matrix, 'include'))
  const values = (key: string) => [
    ...document.items(document.get(matrix, key)),
    ...include.flatMap((each) => document.get(each, key) ?? []),
  ]
  const several = axes.some(([, axis]) => document.items(axis).length > 1) || include.length > 1
  const entries = entriesOf(document, matrix, axes.slice(0, MAX_MATRIX_VALUES))
  const isComputed = [matrix, ...axes.map(([, axis]) => axis)].some((each) => document.text(each) !== null)
  return {
    isRepeated: several || isComputed,
    pythons: entries ? pythonsOfPlatform(entries) : pythonsOf(document, PYTHONS.flatMap(values)),
    texts: [
      ...axes.flatMap(([, axis]) => textsOf(document, axis)),
      ...include.flatMap((each) => document.entries(each).flatMap(([, value]) => textsOf(document, value))),
    ],
    entries,
  }
}
