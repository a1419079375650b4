import path from 'node:path'
import { normalizeName } from '@slipway/core/name'
import { type Problem, type Where, warning } from '@slipway/core/problem'
import type { Check, Subject } from './check.ts'
import { fieldOf } from './field.ts'

/** Names that people may take for those under which a project's parts are published. */
interface Names {
  /** Of the crates that are published. */
  crates: string[]
  /** Of the Python packages that are published. */
  packages: string[]
  /** All that the project's parts are called anywhere, normalized. */
  known: Set<string>
}

function namesOf({ project, crates }: Subject): Names {
  const packages = project.packages.filter((each) => each.reason === undefined)
  const known = [
    ...project.crates.flatMap((each) => [each.name, each.libName, path.posix.basename(each.path)]),
    ...project.packages.flatMap((each) => [each.name, ...each.imports.map(({ name }) => name)]),
    ...project.crates.flatMap((each) => {
      const { value } = fieldOf(each, 'repository')
      return typeof value === 'string' ? path.posix.basename(value.replace(/(?:\.git)?\/?$/, '')) : []
    }),
  ]
  return {
    crates: crates.filter((each) => each.publish !== false).map((each) => each.name),
    packages: packages.map((each) => each.name),
    known: new Set(known.map(normalizeName)),
  }
}

/** A name of a crate or package that a text tells people to use. */
interface Mention {
  name: string
  kind: 'crate' | 'package'
  /** Whether `_` for `-` will do, as in an address of crates.io. */
  isLink: boolean
  line: number
}

const INSTALLS: readonly [RegExp, Mention['kind']][] = [
  [/\bcargo (?:add|install) (?:-\S+ )*([A-Za-z][\w-]*)/g, 'crate'],
  [/\bpip3? install (?:-\S+ )*["']?([A-Za-z0-9][\w.-]*)/g, 'package'],
]
const LINKS = /\b(?:crates\.io\/crates|docs\.rs|shields\.io\/crates\/\w+)\/([A-Za-z][\w-]*)/g
/** A line of `[dependencies]` in a block of code. */
const DEPENDENCY = /^\s*([A-Za-z][\w-]*)\s*=\s*["{]/

function mentionsIn(text: string): Mention[] {
  let inDependencies = false
  return text.split('\n').flatMap((line, index): Mention[] => {
    // Longer lines are data.
    if (line.length > 5000) return []
    const at = { line: index + 1 }
    const own = inDependencies ? DEPENDENCY.exec(line)?.[1] : undefined
    if (/^\s*(?:```|~~~|\[)/.test(line)) inDependencies = /^\s*\[(?:dev-)?dependencies\]/.test(line)
    const links = [...line.matchAll(LINKS)].map(
      ([, name = '']): Mention => ({ name, kind: 'crate', isLink: true, ...at }),
    )
    const installs = INSTALLS.flatMap(([pattern, kind]) =>
      [...line.matchAll(pattern)].map(([, name = '']): Mention => ({ name, kind, isLink: false, ...at })),
    )
    return [
      ...(own === undefined ? [] : [{ name: own, kind: 'crate', isLink: false, ...at } as Mention]),
      ...installs,
      ...links,
    ]
  })
}

function judge({ name, kind, isLink }: Mention, names: Names, where: Where): Problem[] {
  const published = kind === 'crate' ? names.crates : names.packages
  const isSame = (each: string) =>
    each === name || ((isLink || kind === 'package') && normalizeName(each) === normalizeName(name))
  // Another project's, as far as one can tell.
  if (published.some(isSame) || !names.known.has(normalizeName(name))) return []
  const what = kind === 'crate' ? 'crate' : 'Python package'
  const [right] = published
  const message =
    right === undefined
      ? `Readers are sent to the ${what} ${name}, but this project publishes no ${what}.`
      : `Readers are sent to the ${what} ${name}, but it is published as ${published.join(', ')}.`
  const hint = right === undefined ? `Say what it is got by instead, or publish the ${what}.` : `Write ${right}.`
  return [warning(`docs-${kind}-name-differs`, message, hint, where)]
}

/** Whether a file tells people how to use the project. */
function isGuide(file: string, changelog: string | undefined): boolean {
  return (
    /\.(?:md|rst)$/i.test(file) &&
    file !== changelog &&
    !/(?:^|\/)(?:tests?|fixtures|testdata|vendor|third_party|examples)\//.test(file)
  )
}

const guides: Check = async (subject) => {
  const names = namesOf(subject)
  const files = (await subject.folder.files()).filter((each) => isGuide(each, subject.project.changelog?.file))
  const found = files.map(async (file) => {
    const mentions = mentionsIn((await subject.folder.read(file)) ?? '')
    return mentions.flatMap((each) => judge(each, names, { file, line: each.line }))
  })
  return (await Promise.all(found)).flat()
}

/** Whether what the documents tell people to install is what is released. */
export const DOCS_CHECKS: readonly Check[] = [guides]
