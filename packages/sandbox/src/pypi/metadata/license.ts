/** The identifiers of SPDX in lower case, loaded when the first license is read. */
let known: { licenses: Set<string>; exceptions: Set<string> } | null = null

async function identifiers() {
  const lists = await Promise.all([
    import('spdx-license-ids/index.json', { with: { type: 'json' } }),
    import('spdx-license-ids/deprecated.json', { with: { type: 'json' } }),
    import('spdx-exceptions/index.json', { with: { type: 'json' } }),
    import('spdx-exceptions/deprecated.json', { with: { type: 'json' } }),
  ])
  const lower = (...all: string[][]) => new Set(all.flat().map((each) => each.toLowerCase()))
  const [licenses, oldLicenses, exceptions, oldExceptions] = lists.map((each) => each.default as string[])
  return {
    licenses: lower(licenses ?? [], oldLicenses ?? []),
    exceptions: lower(exceptions ?? [], oldExceptions ?? []),
  }
}

/** Whether a License-Expression is valid (packaging, `canonicalize_license_expression`; PEP 639). */
export async function isLicenseExpression(text: string): Promise<boolean> {
  known ??= await identifiers()
  const { licenses, exceptions } = known
  const words = text.toLowerCase().match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  const simple = () => {
    const word = words[at++] ?? ''
    const isKnown = /^licenseref-[a-z0-9.-]+$/.test(word) || licenses.has(word.replace(/\+$/, ''))
    if (!isKnown || words[at] !== 'with') return isKnown
    at++
    return exceptions.has(words[at++] ?? '')
  }
  const part = (): boolean => {
    if (words[at] !== '(') return simple()
    at++
    return expression() && words[at++] === ')'
  }
  const expression = (): boolean => {
    if (!part()) return false
    while (words[at] === 'and' || words[at] === 'or') {
      at++
      if (!part()) return false
    }
    return true
  }
  return expression() && at === words.length
}
