import { zip } from './archives.ts'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50

/** The places of a field in the headers of a ZIP archive (APPNOTE.TXT, sections 4.3.7 and 4.3.12). */
const FIELDS = { flags: [6, 8], method: [8, 10], crc: [14, 16] } as const

/** Returns the headers of one member: their places, and whether they are in the central directory. */
function headersOf(bytes: Buffer, name: string): { at: number; isCentral: boolean }[] {
  const found: { at: number; isCentral: boolean }[] = []
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    if (at >= 30 && bytes.readUInt32LE(at - 30) === LOCAL) found.push({ at: at - 30, isCentral: false })
    if (at >= 46 && bytes.readUInt32LE(at - 46) === CENTRAL) found.push({ at: at - 46, isCentral: true })
  }
  return found
}

/** Makes a ZIP archive, and sets a field of one member in both of its headers. */
export function zipWith(
  files: Record<string, string | Uint8Array>,
  name: string,
  field: keyof typeof FIELDS,
  value: number,
): Buffer {
  const bytes = Buffer.from(zip(files))
  for (const { at, isCentral } of headersOf(bytes, name)) {
    const place = at + FIELDS[field][isCentral ? 1 : 0]
    if (field === 'crc') bytes.writeUInt32LE(value, place)
    else bytes.writeUInt16LE(value, place)
  }
  return bytes
}

/** Makes a ZIP archive, and gives one member another name of the same length. @param where only in one of its headers */
export function zipRenamed(
  files: Record<string, string | Uint8Array>,
  from: string,
  to: string,
  where?: 'local',
): Buffer {
  const bytes = Buffer.from(zip(files))
  for (const { at, isCentral } of headersOf(bytes, from)) {
    if (where === undefined || !isCentral) bytes.write(to, at + (isCentral ? 46 : 30))
  }
  return bytes
}
