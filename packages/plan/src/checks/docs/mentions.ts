import { MAX_GUIDE_LINE_CHARS } from '../../limits.ts'

/** A name of a crate or package that a text tells people to use. */
export interface Mention {
  name: string
  kind: 'crate' | 'package'
  /** Whether `_` for `-` will do, as in an address of crates.io. */
  isLink: boolean
  /** Whether it may be a line for Poetry, where crates and packages look alike: it stands under no table. */
  isForPoetry?: boolean
  line: number
}

/** A tool that installs by name, and its options that a value follows. */
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

/** What is added so comes from elsewhere than the registry. */
const ELSEWHERE = /(?:^|\s)--(?:git|path|registry)(?:[= ]|$)/

/** What follows a command on its line; nobody installs more at once. */
const REST = /[^`|;&#<]{0,500}/y

/** A name, be there a version, features or the end of a sentence after it, and no path. */
const NAME = /^["']?([A-Za-z0-9](?:[\w.-]*\w)?)(?![\w-]|\.\w|\.*[\\/])/

/** The names after a command: in prose the first alone. */
function namesAfter(rest: string, takesValue: ReadonlySet<string>, isCode: boolean): string[] {
  if (ELSEWHERE.test(rest)) return []
  const words = wordsOf(rest)
  const named = words.filter((each, index) => !each.startsWith('-') && !takesValue.has(words[index - 1] ?? ''))
  return (isCode ? named : named.slice(0, 1)).flatMap((each) => NAME.exec(each)?.[1] ?? [])
}

/** The names that commands on a line install. @param isCode whether all of it is */
function installed(line: string, isCode: boolean): Pick<Mention, 'name' | 'kind'>[] {
  return TOOLS.flatMap(({ kind, command, takesValue }) =>
    [...line.matchAll(command)].flatMap(({ index, 0: { length } }) => {
      REST.lastIndex = index + length
      const rest = REST.exec(line)?.[0] ?? ''
      return namesAfter(rest, takesValue, isCode || line[index - 1] === '`').map((name) => ({ name, kind }))
    }),
  )
}

/** Pages of registries, and badges (`/crates/v/NAME`), whatever their host; and the documentation that is built of each crate. */
const CRATE_LINKS =
  /(?:(?:\/\/|(?<![\w./-]))[\w-]+(?:\.[\w-]+)+\/crates\/(?:[a-z]{1,2}\/)?|\bdocs\.rs\/)([A-Za-z][\w-]*)/g
/** Others than PyPI have such paths too. */
const PACKAGE_LINKS = /\/\/[\w.-]{0,100}pypi[\w.-]{0,100}\/project\/([A-Za-z0-9][\w.-]*)/g

function linked(line: string): Pick<Mention, 'name' | 'kind'>[] {
  const names = (pattern: RegExp, kind: Mention['kind']) =>
    [...line.matchAll(pattern)].map(([, name = '']) => ({ name, kind }))
  return [...names(CRATE_LINKS, 'crate'), ...names(PACKAGE_LINKS, 'package')]
}

/** A line of `[dependencies]` in a block of code. */
const DEPENDENCY = /^\s*([A-Za-z][\w-]*)\s*=\s*(["{].*)/
/** What such a line, or one of a dependency's own table, says besides. */
const RENAMED = /(?:^|[{,])\s*package\s*=\s*["']([\w-]+)["']/
const FETCHED = /(?:^|[{,])\s*(?:git|path|registry)\s*=/
/** A block of TOML may show the line alone. */
const VERSION = /^(?:"\s*[=^~<>]?=?\s*\d|\{.*\bversion\s*=)/

/** Where in a block of code a line stands: in a table of dependencies, in one of a single dependency, before all tables. */
type Within = 'dependencies' | { name: string; at: number; isFetched: boolean } | 'toml' | 'code' | null

/** A dependency that a block of code shows. */
interface Shown {
  name: string
  /** Its line, counted from 0. */
  at: number
  isForPoetry?: boolean
}

/** The dependencies that blocks of code show, with their lines, counted from 0; and which lines are code. */
function shown(lines: readonly string[]): { dependencies: Shown[]; isCode: boolean[] } {
  const dependencies: Shown[] = []
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
      const isOne = name !== undefined && !FETCHED.test(value) && (within === 'dependencies' || VERSION.test(value))
      // Poetry writes the caret that Cargo leaves out.
      const isForPoetry = within === 'toml' && /^"\s*[~^<>]/.test(value)
      if (isOne) dependencies.push({ name: RENAMED.exec(value)?.[1] ?? name, at, isForPoetry })
    }
    return place === 'opens' || place === 'inside' || /^(?: {4}|\t)/.test(line)
  })
  leave()
  return { dependencies, isCode }
}

/** The crates and packages that a text in Markdown or reStructuredText tells people to use, by line. */
export function mentionsIn(text: string): Mention[] {
  // Longer lines are data.
  const lines = text.split('\n').map((each) => (each.length > MAX_GUIDE_LINE_CHARS ? '' : each))
  const { dependencies, isCode } = shown(lines)
  const byLine = new Map<number, Shown[]>()
  for (const each of dependencies) byLine.set(each.at, [...(byLine.get(each.at) ?? []), each])
  return lines.flatMap((line, at): Mention[] => [
    ...(byLine.get(at) ?? []).map(({ name, isForPoetry = false }): Mention => {
      return { name, kind: 'crate', isLink: false, isForPoetry, line: at + 1 }
    }),
    ...installed(line, isCode[at] ?? false).map((each): Mention => ({ ...each, isLink: false, line: at + 1 })),
    ...linked(line).map((each): Mention => ({ ...each, isLink: true, line: at + 1 })),
  ])
}
