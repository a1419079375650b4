import { crc32 } from 'node:zlib'

/** A kind of secret, as a message calls it, and how to recognize one. */
interface SecretKind {
  kind: string
  /** Bytes that each one has: searching them is faster than a pattern. */
  mark: string
  pattern: RegExp
  /** Tells real ones from examples in documentation. */
  isReal(match: RegExpMatchArray): boolean
}

/** Letters of base62 in GitHub's order. */
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Whether a token ends with the CRC-32 of its other letters (GitHub, "Behind GitHub's new authentication token formats"). */
function hasChecksum([, letters = '', checksum = '']: RegExpMatchArray): boolean {
  let value = 0
  for (const each of checksum) value = value * 62 + BASE62.indexOf(each)
  return value === crc32(letters)
}

/** Whether the text between the lines is the key: DER begins with a sequence, and OpenSSH's format with its name. */
function isKey([, , body = '']: RegExpMatchArray): boolean {
  // Keys in sources and JSON have their line breaks as `\n`.
  const bytes = Buffer.from(body.replaceAll('\\n', ''), 'base64')
  return bytes.length >= 40 && (bytes[0] === 0x30 || bytes.toString('latin1', 0, 14) === 'openssh-key-v1')
}

/** Whether a text is not made of repeated letters, as the examples in documentation are. */
function isVaried([text]: RegExpMatchArray): boolean {
  return new Set(text).size > 20
}

const KINDS: readonly SecretKind[] = [
  {
    kind: 'private key',
    mark: 'PRIVATE KEY-----',
    pattern: /-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY)-----((?:[\w+/=\s]|\\n)+)-----END \1-----/g,
    isReal: isKey,
  },
  { kind: 'GitHub token', mark: 'gh', pattern: /(?<!\w)gh[pousr]_(\w{30})(\w{6})(?!\w)/g, isReal: hasChecksum },
  {
    kind: 'GitHub token',
    mark: 'github_pat_',
    pattern: /(?<!\w)github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}(?!\w)/g,
    isReal: isVaried,
  },
  {
    // A token names its index in its first bytes: PyPI, or TestPyPI.
    kind: 'PyPI token',
    mark: 'pypi-AgE',
    pattern: /pypi-(?:AgEIcHlwaS5vcmc|AgENdGVzdC5weXBpLm9yZw)[\w-]{50,}/g,
    isReal: isVaried,
  },
  {
    kind: 'AWS access key',
    mark: 'AKIA',
    pattern: /(?<![\w+/=])AKIA[A-Z2-7]{16}(?![\w+/=])/g,
    // AWS ends the keys of its documentation with this word.
    isReal: ([key]) => !key.endsWith('EXAMPLE'),
  },
]

/** The largest file in which secrets are searched. */
export const MAX_SECRET_FILE_BYTES = 2 ** 20

/** Returns the kinds of secrets in a text file, each once; none for a file with NULs, which is no text. */
export function secretsIn(content: Buffer): string[] {
  const marked = KINDS.filter(({ mark }) => content.includes(mark))
  if (marked.length === 0 || content.includes(0)) return []
  const text = content.toString('latin1')
  const found = marked.filter(({ pattern, isReal }) => [...text.matchAll(pattern)].some(isReal))
  return [...new Set(found.map(({ kind }) => kind))]
}
