import { nearest } from './nearest-word.ts'

/** A registry that checks the license expressions of what it accepts. */
export type LicenseRegistry = 'crates.io' | 'PyPI'

/** How a registry's parser reads an expression. */
interface Rules {
  /** Whether `/` means OR. */
  slashIsOr: boolean
  isCaseSensitive: boolean
  operator: RegExp
  /** References to licenses and exceptions that are not on the SPDX list. */
  licenseReference: RegExp
  exceptionReference: RegExp
}

/**
 * crates.io uses the Rust crate `spdx` with `/` as OR (crates.io, `PARSE_MODE`); newer versions of that crate accept
 * operators in lower case and `AdditionRef-…` too. PyPI uses `packaging.licenses` (PEP 639), which ignores case. Both
 * accept deprecated identifiers, and `+` after any license.
 */
const RULES: Record<LicenseRegistry, Rules> = {
  'crates.io': {
    slashIsOr: true,
    isCaseSensitive: true,
    operator: /^(?:AND|OR|WITH|and|or|with)$/,
    licenseReference: /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]*$/,
    exceptionReference: /^(?:DocumentRef-[A-Za-z0-9.-]+:)?AdditionRef-[A-Za-z0-9.-]*$/,
  },
  PyPI: {
    slashIsOr: false,
    isCaseSensitive: false,
    operator: /^(?:AND|OR|WITH)$/i,
    licenseReference: /^LicenseRef-[A-Za-z0-9.-]+$/i,
    exceptionReference: /(?!)/,
  },
}

/** Common names that are not identifiers, with spellings too different from the identifier for `nearest`. */
const COMMON_NAMES: Record<string, string> = {
  apache: 'Apache-2.0',
  apache2: 'Apache-2.0',
  'apache-2': 'Apache-2.0',
  bsd: 'BSD-3-Clause',
  gpl: 'GPL-3.0-or-later',
  gplv2: 'GPL-2.0-only',
  gplv3: 'GPL-3.0-only',
  lgpl: 'LGPL-3.0-or-later',
  lgplv3: 'LGPL-3.0-only',
  agplv3: 'AGPL-3.0-only',
  mpl: 'MPL-2.0',
}

/** One part of the SPDX license list. */
interface Identifiers {
  /** Those that are not deprecated, to suggest. */
  current: readonly string[]
  /** All of them by their lower-case spelling. */
  known: ReadonlyMap<string, string>
}

function identifiers(current: readonly string[], deprecated: readonly string[]): Identifiers {
  return { current, known: new Map([...current, ...deprecated].map((each) => [each.toLowerCase(), each])) }
}

/** Loads the SPDX license list, which only a project that names a license needs. */
async function loadIdentifiers(): Promise<Record<'license' | 'exception', Identifiers>> {
  const [licenses, oldLicenses, exceptions, oldExceptions] = await Promise.all([
    import('spdx-license-ids/index.json', { with: { type: 'json' } }),
    import('spdx-license-ids/deprecated.json', { with: { type: 'json' } }),
    import('spdx-exceptions/index.json', { with: { type: 'json' } }),
    import('spdx-exceptions/deprecated.json', { with: { type: 'json' } }),
  ])
  return {
    license: identifiers(licenses.default, oldLicenses.default),
    exception: identifiers(exceptions.default, oldExceptions.default),
  }
}

/** Returns why a word is not an identifier, with the identifier that was probably meant; null for an identifier. */
function unknownIdentifier(
  word: string,
  kind: 'license' | 'exception',
  { current, known }: Identifiers,
  { isCaseSensitive, licenseReference, exceptionReference }: Rules,
): string | null {
  if ((kind === 'license' ? licenseReference : exceptionReference).test(word)) return null
  const id = kind === 'license' ? word.replace(/\+$/, '') : word
  const spelling = known.get(id.toLowerCase())
  if (spelling !== undefined && (!isCaseSensitive || spelling === id)) return null
  const commonName = kind === 'license' ? COMMON_NAMES[id.toLowerCase()] : undefined
  const meant = spelling ?? commonName ?? nearest(id, current)
  const why = spelling === undefined ? '' : ': case matters'
  const suggestion = meant === undefined ? '' : ` Did you mean \`${meant}\`?`
  return `${JSON.stringify(word)} is not an SPDX ${kind} identifier${why}.${suggestion}`
}

/** The kind of a token, which decides the tokens that may follow. */
type Token = '(' | ')' | 'operator' | 'WITH' | 'license' | 'exception'

const OPENS: readonly Token[] = ['operator', '(']
const COMPLETES: readonly Token[] = ['license', 'exception', ')']

/**
 * Returns why a registry refuses a license expression (SPDX specification, annex "SPDX license expressions"), as a
 * sentence; null when it accepts it.
 */
export async function licenseFault(text: string, registry: LicenseRegistry): Promise<string | null> {
  const rules = RULES[registry]
  const words = (rules.slashIsOr ? text.replaceAll('/', ' OR ') : text).match(/[()]|[^\s()]+/g) ?? []
  if (words.length === 0) return 'It is empty.'
  const list = await loadIdentifiers()
  let depth = 0
  let before: Token = 'operator'
  for (const word of words) {
    if (word === '(') {
      if (!OPENS.includes(before)) return 'AND or OR is missing before `(`.'
      depth++
      before = '('
    } else if (word === ')') {
      if (!COMPLETES.includes(before) || --depth < 0) return 'Its parentheses do not match.'
      before = ')'
    } else if (rules.operator.test(word)) {
      const isWith = word.toUpperCase() === 'WITH'
      if (isWith ? before !== 'license' : !COMPLETES.includes(before)) return `No license precedes ${word}.`
      before = isWith ? 'WITH' : 'operator'
    } else if (COMPLETES.includes(before)) {
      return `AND, OR or WITH is missing before ${JSON.stringify(word)}.`
    } else {
      const kind: 'license' | 'exception' = before === 'WITH' ? 'exception' : 'license'
      const fault = unknownIdentifier(word, kind, list[kind], rules)
      if (fault !== null) return fault
      before = kind
    }
  }
  if (depth > 0) return 'Its parentheses do not match.'
  return COMPLETES.includes(before) ? null : 'It ends with an operator.'
}
