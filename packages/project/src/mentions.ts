import { FenceReader } from '@slipway/documents/markdown-fences'
import { shellCommands } from '@slipway/documents/shell-commands'
import { MAX_GUIDE_LINE_CHARS } from './limits.ts'

/** A mention of a crate or package that readers should install or look up. */
export interface Mention {
  name: string
  kind: 'crate' | 'package'
  /** Whether `_` may replace `-`, as in an address of crates.io. */
  isLink: boolean
  /** Whether it may be a line for Poetry: outside of tables, crates and packages look alike. */
  isForPoetry?: boolean
  line: number
}

/** A tool that installs by name, with its options that take a value. */
interface Tool {
  kind: Mention['kind']
  command: RegExp
  takesValue: ReadonlySet<string>
}

const options = (text: string) => new Set(text.split(' '))

const TOOLS: readonly Tool[] = [
  {
    kind: 'crate',
    command: /\bcargo (?:add|install)\s/g,
    takesValue: options(
      '-F --features --rename --target -p --package --manifest-path --branch --tag --rev --version --vers --bin --root --index --profile --example -j --jobs -Z --color --config',
    ),
  },
  {
    kind: 'package',
    command: /\b(?:pip3? install|(?:uv|poetry) add)\s/g,
    takesValue: options(
      '-e --editable -r --requirement -c --constraint -i --index-url --extra-index-url --index --default-index -f --find-links -t --target --prefix --python --platform -G --group --optional -E --extras --extra --source --only-binary --no-binary -P --upgrade-package',
    ),
  },
]

/** Options that install from a place other than the registry. */
const ELSEWHERE = /(?:^|\s)--(?:git|path|registry)(?:[= ]|$)/

/** The arguments of a command on its line, of bounded length. */
const REST = /[^`|;&#<]{0,500}/y

/** A name, but not a path; a version, features or the end of a sentence may follow. */
const NAME = /^["']?([A-Za-z0-9](?:[\w.-]*\w)?)(?![\w-]|\.\w|\.*[\\/])/

/** Returns the names after a command; in prose, only the first. */
function namesAfter(rest: string, takesValue: ReadonlySet<string>, isCode: boolean): string[] {
  if (ELSEWHERE.test(rest)) return []
  // A substitution in a word, `name==$(tool --option)`, belongs to the word.
  const words = shellCommands(rest)[0]?.words ?? []
  const names = words.filter((each, index) => !each.startsWith('-') && !takesValue.has(words[index - 1] ?? ''))
  return (isCode ? names : names.slice(0, 1)).flatMap((each) => NAME.exec(each)?.[1] ?? [])
}

/** Returns the names that commands on a line install. @param isCode whether the whole line is code */
function installedNames(line: string, isCode: boolean): Pick<Mention, 'name' | 'kind'>[] {
  return TOOLS.flatMap(({ kind, command, takesValue }) =>
    [...line.matchAll(command)].flatMap(({ index, 0: { length } }) => {
      REST.lastIndex = index + length
      const rest = REST.exec(line)?.[0] ?? ''
      return namesAfter(rest, takesValue, isCode || line[index - 1] === '`').map((name) => ({ name, kind }))
    }),
  )
}

/** Pages of crates and badges (`/crates/v/NAME`) on any host, and the documentation that is built for each crate. */
const CRATE_LINKS =
  /(?:(?:\/\/|(?<![\w./-]))[\w-]+(?:\.[\w-]+)+\/crates\/(?:[a-z]{1,2}\/)?|\bdocs\.rs\/)([A-Za-z][\w-]*)/g
/** Other hosts have such paths too, so the host must name PyPI. */
const PACKAGE_LINKS = /\/\/[\w.-]{0,100}pypi[\w.-]{0,100}\/project\/([A-Za-z0-9][\w.-]*)/g

/** Returns the names that links on a line lead to. */
function linkedNames(line: string): Pick<Mention, 'name' | 'kind'>[] {
  const names = (pattern: RegExp, kind: Mention['kind']) =>
    [...line.matchAll(pattern)].map(([, name = '']) => ({ name, kind }))
  return [...names(CRATE_LINKS, 'crate'), ...names(PACKAGE_LINKS, 'package')]
}

/** A line of `[dependencies]` in a block of code. */
const DEPENDENCY = /^\s*([A-Za-z][\w-]*)\s*=\s*(["{].*)/
/** The real name of a renamed dependency, in such a line or in the dependency's own table. */
const RENAMED = /(?:^|[{,])\s*package\s*=\s*["']([\w-]+)["']/
/** The keys of a dependency that is not from the default registry. */
const FETCHED = /(?:^|[{,])\s*(?:git|path|registry)\s*=/
/** A value that shows a dependency even without its table, in a block of TOML. */
const VERSION = /^(?:"\s*[=^~<>]?=?\s*\d|\{.*\bversion\s*=)/

/** The position of a line in a block of code: in the dependency table, in the table of one dependency, or before all tables. */
type Within = 'dependencies' | { name: string; at: number; isFetched: boolean } | 'toml' | 'code' | null

/** A dependency that a block of code shows. */
interface ShownDependency {
  name: string
  /** Its line, counted from 0. */
  at: number
  isForPoetry?: boolean
}

/** Returns the dependencies that blocks of code show, with their lines counted from 0, and which lines are code. */
function readCodeBlocks(lines: readonly string[]): { dependencies: ShownDependency[]; isCode: boolean[] } {
  const dependencies: ShownDependency[] = []
  let within: Within = null
  // Guides have fences in lists.
  const fences = new FenceReader('any')
  const leave = () => {
    if (within !== null && typeof within === 'object' && !within.isFetched) dependencies.push(within)
  }
  const isCode = lines.map((line, at) => {
    const { place, language } = fences.read(line)
    const [, table, own] = /^\s*\[((?:(?:dev|build)-)?dependencies)(?:\.([\w-]+))?\]/.exec(line) ?? []
    if (place === 'opens' || place === 'closes') {
      leave()
      within = place === 'closes' ? null : language === 'toml' ? 'toml' : 'code'
    } else if (/^\s*\[/.test(line)) {
      leave()
      within = table === undefined ? null : own === undefined ? 'dependencies' : { name: own, at, isFetched: false }
    } else if (within !== null && typeof within === 'object') {
      within.name = RENAMED.exec(line)?.[1] ?? within.name
      within.isFetched ||= FETCHED.test(line)
    } else if (within === 'dependencies' || within === 'toml') {
      const [, name, value = ''] = DEPENDENCY.exec(line) ?? []
      const isDependency =
        name !== undefined && !FETCHED.test(value) && (within === 'dependencies' || VERSION.test(value))
      // Poetry writes the caret that Cargo omits.
      const isForPoetry = within === 'toml' && /^"\s*[~^<>]/.test(value)
      if (isDependency) dependencies.push({ name: RENAMED.exec(value)?.[1] ?? name, at, isForPoetry })
    }
    return place === 'opens' || place === 'inside' || /^(?: {4}|\t)/.test(line)
  })
  leave()
  return { dependencies, isCode }
}

/** Returns the crates and packages that a Markdown or reStructuredText file mentions, by line. */
export function mentionsIn(text: string): Mention[] {
  const lines = text.split('\n').map((each) => (each.length > MAX_GUIDE_LINE_CHARS ? '' : each))
  const { dependencies, isCode } = readCodeBlocks(lines)
  const byLine = new Map<number, ShownDependency[]>()
  for (const each of dependencies) byLine.set(each.at, [...(byLine.get(each.at) ?? []), each])
  return lines.flatMap((line, at): Mention[] => [
    ...(byLine.get(at) ?? []).map(({ name, isForPoetry = false }): Mention => {
      return { name, kind: 'crate', isLink: false, isForPoetry, line: at + 1 }
    }),
    ...installedNames(line, isCode[at] ?? false).map((each): Mention => ({ ...each, isLink: false, line: at + 1 })),
    ...linkedNames(line).map((each): Mention => ({ ...each, isLink: true, line: at + 1 })),
  ])
}
