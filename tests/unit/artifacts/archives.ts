import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { strToU8, zipSync } from 'fflate'

/** The header fields and the data of a tar member. */
export interface RawEntry {
  name: string
  data?: string | Buffer
  type?: string
  prefix?: string
  mode?: string
  /** The target of a link. */
  link?: string
}

/** Makes a gzipped tar archive, POSIX or GNU by its magic. */
export function tarGz(entries: readonly RawEntry[], magic = 'ustar\x0000', level = 6): Uint8Array {
  const blocks = entries.flatMap(({ name, data = '', type = '0', prefix = '', mode = '0000644', link = '' }) => {
    const body = typeof data === 'string' ? Buffer.from(data) : data
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write(mode, 100)
    header.write(body.length.toString(8).padStart(11, '0'), 124)
    header.write(' '.repeat(8) + type, 148)
    header.write(link, 157)
    header.write(magic, 257, 'latin1')
    header.write(prefix, 345)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level })
}

/** Makes a crate with these files. */
export function crate(files: Record<string, string>, folder = 'demo-1.0.0', level = 6): Uint8Array {
  const all = { 'Cargo.toml': '[package]\nname = "demo"\n', ...files }
  const entries = Object.entries(all).map(([name, data]) => ({ name: `${folder}/${name}`, data }))
  return tarGz(entries, 'ustar  \0', level)
}

/** Makes an sdist with these files, pyproject.toml and PKG-INFO; null leaves PKG-INFO out. */
export function sdist(files: Record<string, string> = {}, info: string | null = METADATA): Uint8Array {
  const top = 'demo_py-1.0.0'
  const own = { [`${top}/LICENSE`]: 'MIT', [`${top}/pyproject.toml`]: '[build-system]\n' }
  const all = { ...(info !== null && { [`${top}/PKG-INFO`]: info }), ...own, ...files }
  return tarGz(Object.entries(all).map(([name, data]) => ({ name, data })))
}

export const WHEEL_NAME = 'demo_py-1.0.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl'

export const METADATA = `Metadata-Version: 2.4
Name: Demo.Py
Version: 1.0.0
License-File: LICENSE

# Demo
`

const WHEEL = `Wheel-Version: 1.0
Tag: cp38-abi3-manylinux2014_x86_64
Tag: cp38-abi3-manylinux_2_17_x86_64
`

/** Returns the files of a valid wheel with changes; null leaves a file out. RECORD matches unless it is given. */
export function wheelFiles(
  changes: Record<string, string | null> = {},
  dist = 'demo_py-1.0.0.dist-info',
): Record<string, string> {
  const files: Record<string, string | null> = {
    'demo/__init__.py': '',
    // Native by its first bytes, and for no platform in particular.
    'demo/_internal.abi3.so': '!<arch>\n',
    'scs/__init__.py': '',
    [`${dist}/METADATA`]: METADATA,
    [`${dist}/WHEEL`]: WHEEL,
    [`${dist}/licenses/LICENSE`]: 'MIT',
    ...changes,
  }
  const record = Object.entries(files).flatMap(([name, data]) => {
    if (data === null || name.endsWith('/RECORD')) return []
    const hash = createHash('sha256').update(data).digest('base64url')
    return [`${name.includes(',') ? `"${name}"` : name},sha256=${hash},${data.length}`]
  })
  const all = { [`${dist}/RECORD`]: [...record, `${dist}/RECORD,,`, ''].join('\n'), ...files }
  return Object.fromEntries(Object.entries(all).filter((each): each is [string, string] => each[1] !== null))
}

/** Makes a zip archive with these files. */
export function zip(files: Record<string, string | Uint8Array>): Uint8Array {
  const bytes = (data: string | Uint8Array) => (typeof data === 'string' ? strToU8(data) : data)
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [name, bytes(data)])))
}
