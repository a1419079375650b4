import { createHash, randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

const PLATFORMS = [
  'manylinux_2_17_x86_64',
  'manylinux_2_17_aarch64',
  'musllinux_1_2_x86_64',
  'macosx_11_0_x86_64',
  'macosx_11_0_arm64',
  'win_amd64',
]

/** A file of an archive, compressed already. */
interface Member {
  name: string
  size: number
  crc: number
  packed: Uint8Array
}

function member(name: string, content: Uint8Array): Member {
  return { name, size: content.length, crc: crc32(content), packed: deflateRawSync(content, { level: 1 }) }
}

/** A zip archive in pieces (APPNOTE 6.3.10, 4.3.7 and 4.3.12 to 4.3.16), so that a large file is not copied. */
function zip(members: readonly Member[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { name, size, crc, packed } of members) {
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt16LE(0x21, 8)
    shared.writeUInt32LE(crc, 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(size, 18)
    shared.writeUInt16LE(name.length, 22)
    const central = Buffer.alloc(14)
    central.writeUInt32LE(0o100644 * 0x10000, 6)
    central.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, central, Buffer.from(name))
    pieces.push(Buffer.from('PK\x03\x04', 'latin1'), shared, Buffer.from(name), packed)
    offset += 30 + name.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(
    directory.reduce((sum, each) => sum + each.length, 0),
    12,
  )
  end.writeUInt32LE(offset, 16)
  return [...pieces, ...directory, end]
}

/** Makes wheels of one project for six platforms, each of a few megabytes. */
export class WheelMaker {
  readonly #content: Uint8Array
  readonly #hash: string
  readonly #payload: Omit<Member, 'name'>

  constructor(megabytes: number) {
    this.#content = randomBytes(megabytes * 1_000_000)
    this.#hash = createHash('sha256').update(this.#content).digest('base64url')
    const { name: _, ...payload } = member('', this.#content)
    this.#payload = payload
  }

  /** Writes the wheels of a project into a folder; gives their paths. */
  write(folder: string, project: string): string[] {
    mkdirSync(folder, { recursive: true })
    return PLATFORMS.map((platform) => {
      const info = `${project}-1.0.0.dist-info`
      const tag = `py3-none-${platform}`
      const texts: Record<string, string> = {
        [`${project}/__init__.py`]: `platform = "${platform}"\n`,
        [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${project}\nVersion: 1.0.0\nSummary: A bench.\n\nText.\n`,
        [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
      }
      const data = `${project}/data.bin`
      const record = Object.entries(texts).map(([name, text]) => {
        return `${name},sha256=${createHash('sha256').update(text).digest('base64url')},${text.length}\n`
      })
      const own = `${data},sha256=${this.#hash},${this.#content.length}\n`
      const all = { ...texts, [`${info}/RECORD`]: `${record.join('')}${own}${info}/RECORD,,\n` }
      const small = Object.entries(all).map(([name, text]) => member(name, Buffer.from(text)))
      const path = join(folder, `${project}-1.0.0-${tag}.whl`)
      const file = openSync(path, 'w')
      for (const piece of zip([{ name: data, ...this.#payload }, ...small])) writeSync(file, piece)
      closeSync(file)
      return path
    })
  }
}
