const TOKEN = String.raw`[!#$%&'*+.^\x60|~\w-]+`
const CONTENT_TYPE = new RegExp(`^\\s*(?<type>${TOKEN}/${TOKEN})\\s*(?<parameters>(?:;[^;]*)*)$`)
const PARAMETER = new RegExp(`^\\s*(?<name>${TOKEN})\\s*=\\s*(?:"(?<quoted>[^"]*)"|(?<plain>${TOKEN}))\\s*$`)

const TYPES = ['text/plain', 'text/x-rst', 'text/markdown']
const VARIANTS = ['GFM', 'CommonMark']

/** A content type and its parameters, with names in lower case (RFC 2045, section 5.1). */
export interface ContentType {
  type: string
  parameters: ReadonlyMap<string, string>
}

/** Parses a content type. Returns null for an invalid one. */
export function parseContentType(text: string): ContentType | null {
  const { type, parameters = '' } = CONTENT_TYPE.exec(text)?.groups ?? {}
  if (type === undefined) return null
  const found = new Map<string, string>()
  for (const each of parameters.split(';').slice(1)) {
    if (each.trim() === '') continue
    const { name, quoted, plain } = PARAMETER.exec(each)?.groups ?? {}
    if (name === undefined) return null
    found.set(name.toLowerCase(), quoted ?? plain ?? '')
  }
  return { type: type.toLowerCase(), parameters: found }
}

/**
 * Returns why a Description-Content-Type is invalid (core metadata specification; packaging,
 * `_process_description_content_type`), or null.
 */
export function contentTypeFault(text: string): string | null {
  const found = parseContentType(text)
  if (!found || !TYPES.includes(found.type)) return `is none of ${TYPES.join(', ')}`
  const charset = found.parameters.get('charset') ?? 'UTF-8'
  if (charset.toLowerCase() !== 'utf-8') return `has the charset ${charset}, and only UTF-8 is accepted`
  const variant = found.parameters.get('variant') ?? 'GFM'
  if (found.type !== 'text/markdown' || VARIANTS.includes(variant)) return null
  return `has the variant ${variant}, and only ${VARIANTS.join(' and ')} are accepted`
}
