import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { parseToml } from '@slipway/documents/toml'

/** The toolchain file of a folder (rustup's book, "The toolchain file"). */
export interface ToolchainFile {
  /** `rust-toolchain.toml`, or `rust-toolchain` */
  name: string
  /** Absent if the file names a folder with a toolchain, or cannot be read: rustup reports that. */
  channel?: string
  components: string[]
  targets: string[]
  profile?: string
  /** The line of the channel. */
  where: Where
}

/** Returns the toolchain file of a folder; null when it has none. rustup prefers the one without `.toml`. */
export async function toolchainFile(folder: Folder): Promise<ToolchainFile | null> {
  for (const file of ['rust-toolchain', 'rust-toolchain.toml']) {
    const text = await folder.read(file)
    if (text === null) continue
    const empty = { name: file, components: [], targets: [], where: { file, line: 1 } }
    const first = text.trim()
    if (!file.endsWith('.toml') && !/[[=\n]/.test(first)) return { ...empty, channel: first }
    try {
      const document = parseToml(file, text)
      const [channel, profile] = ['channel', 'profile'].map((key) => document.string('toolchain', key))
      return {
        name: file,
        ...(channel !== undefined && { channel }),
        ...(profile !== undefined && { profile }),
        components: document.strings('toolchain', 'components'),
        targets: document.strings('toolchain', 'targets'),
        where: document.where('toolchain', 'channel'),
      }
    } catch {
      return empty
    }
  }
  return null
}
