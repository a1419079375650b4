/** Returns why PyPI refuses a ZIP, or null (warehouse: "ZIP file validation"; APPNOTE.TXT, section 4.3). */
export function zipFault(zip: Buffer): string | null {
  const end = zip.length - 22
  if (end < 0 || zip.readUInt32LE(end) !== 0x06054b50) {
    return zip.includes(Buffer.from('PK\x05\x06')) ? 'Trailing data' : 'Not a zip file'
  }
  const count = zip.readUInt16LE(end + 10)
  const start = zip.readUInt32LE(end + 16)
  if (start + zip.readUInt32LE(end + 12) !== end) return 'Mis-matched data size'
  const names = new Set<string>()
  let expected = 0
  for (let at = start, i = 0; i < count; i += 1) {
    if (at + 46 > end || zip.readUInt32LE(at) !== 0x02014b50) return 'Malformed central directory'
    const method = zip.readUInt16LE(at + 10)
    const nameLength = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const local = zip.readUInt32LE(at + 42)
    if (zip.readUInt16LE(at + 8) & 8) return 'ZIP contains a data descriptor'
    if (method !== 0 && method !== 8) return `Unsupported compression method ${method}`
    if (names.has(name)) return 'Duplicate filename in headers'
    if (name.startsWith('/') || name.split('/').includes('..') || name.includes('\\')) return 'Filename not allowed'
    names.add(name)
    // Each file must begin where the last one ended, so that nothing is hidden in between.
    if (local !== expected || zip.readUInt32LE(local) !== 0x04034b50) return 'Mis-matched data size'
    const localName = zip.readUInt16LE(local + 26)
    if (zip.toString('utf8', local + 30, local + 30 + localName) !== name) return 'Mis-matched file names'
    expected = local + 30 + localName + zip.readUInt16LE(local + 28) + zip.readUInt32LE(at + 20)
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return expected === start ? null : 'Mis-matched data size'
}
