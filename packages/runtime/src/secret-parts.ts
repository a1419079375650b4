/** A shorter secret would hide harmless text in every line. */
const MIN_SECRET_CHARACTERS = 4

/** The forms of a credential whose end is the secret. */
const FORMS: readonly RegExp[] = [
  // An Authorization header (RFC 9110, section 11.6.2): `Bearer SECRET`.
  /^[\w!#$%&'*+.^`|~-]+[ \t]+(?<secret>\S.*)$/s,
  // User and password (RFC 7617): `user:SECRET`.
  /^[^\s:/]*:(?!\/\/)(?<secret>\S.*)$/s,
  // An address with both: `https://user:SECRET@host`.
  /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@:]*:(?<secret>[^\s/?#@]+)@/i,
]

/** Returns the user and password of the scheme Basic, which base64 hides (RFC 7617, section 2). */
function decodedBasic(text: string): string[] {
  const [, encoded] = /^basic[ \t]+([A-Za-z\d+/]+=*)$/i.exec(text) ?? []
  return encoded === undefined ? [] : [Buffer.from(encoded, 'base64').toString()]
}

/** Returns the texts to hide for a credential: all of it, and the secret in it, which a log may show alone. */
export function secretParts(credential: string): string[] {
  const inner = FORMS.flatMap((form) => form.exec(credential)?.groups?.secret ?? [])
  const parts = [...inner, ...decodedBasic(credential)].filter((each) => each.length >= MIN_SECRET_CHARACTERS)
  return [...new Set([credential, ...parts.flatMap(secretParts)])]
}
