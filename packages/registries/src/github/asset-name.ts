/** Returns a text in the characters of asset names, without diacritics: other runs become one dot, none at the ends. */
function spelled(text: string): string {
  const plain = text.normalize('NFD').replace(/\p{Mark}/gu, '')
  return plain.replace(/[^A-Za-z0-9_+@-]+/g, '.').replace(/^\.|\.$/g, '')
}

/**
 * Returns the name that GitHub stores an asset under (GitHub REST API, "Upload a release asset": special characters and
 * dots at the ends are replaced): `My.App.exe` for `My App.exe`, `default.env` for `.env`. It stores such a name unchanged.
 */
export function assetName(filename: string): string {
  const dot = filename.lastIndexOf('.')
  const stem = spelled(dot === -1 ? filename : filename.slice(0, dot)) || 'default'
  const extension = dot === -1 ? '' : spelled(filename.slice(dot))
  return extension === '' ? stem : `${stem}.${extension}`
}
