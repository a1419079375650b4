/** What people write that is no identifier, and what is. */
const MEANT: Record<string, string> = {
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

/**
 * Why a text is no license expression (SPDX specification, annex "SPDX license expressions"), as far as its form tells:
 * the list of identifiers is not here. Null when it may be one.
 * @param lax whether `/` stands for OR too, as older crates have it
 */
export function licenseFault(text: string, lax: boolean): string | null {
  const tokens = (lax ? text.replaceAll('/', ' OR ') : text).match(/[()]|[^\s()]+/g) ?? []
  if (tokens.length === 0) return 'it is empty'
  let open = 0
  let wantsOperand = true
  for (const token of tokens) {
    const isOperator = /^(AND|OR|WITH)$/i.test(token)
    if (token === '(') {
      if (!wantsOperand) return 'an operator (AND, OR, WITH) is missing before `(`'
      open++
    } else if (token === ')') {
      if (wantsOperand || --open < 0) return 'its parentheses do not match'
    } else if (isOperator) {
      if (wantsOperand) return `nothing stands before ${token}`
      wantsOperand = true
    } else {
      const meant = MEANT[token.toLowerCase()]
      if (meant !== undefined) return `${token} is no identifier of SPDX; ${meant} is one`
      if (!wantsOperand) return `two words stand side by side without AND, OR or WITH (at ${JSON.stringify(token)})`
      if (!/^(?:DocumentRef-[\w.-]+:)?[A-Za-z0-9][A-Za-z0-9.-]*\+?$/.test(token))
        return `${JSON.stringify(token)} is no identifier`
      wantsOperand = false
    }
  }
  if (open > 0) return 'its parentheses do not match'
  return wantsOperand ? 'it ends in an operator' : null
}
