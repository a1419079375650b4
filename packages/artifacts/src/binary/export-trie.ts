import { BinaryError } from './bytes.ts'

/** Reads a number in LEB128, least significant 7 bits first. */
function numberAt(trie: Buffer, at: number): { value: number; end: number } {
  let value = 0
  for (let index = at, factor = 1; ; index++, factor *= 128) {
    const byte = trie[index]
    if (byte === undefined || index > at + 7) throw new BinaryError('its list of exports is damaged')
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return { value, end: index + 1 }
  }
}

/**
 * Returns the names with a prefix in the export trie of a Mach-O file (Apple, `mach-o/loader.h`, `dyld_info_command`): a node
 * has the length and the bytes of its own export, the number of its children, and for each the next letters and its place.
 * @throws BinaryError when the trie is damaged
 */
export function namesInTrie(trie: Buffer, prefix: string): string[] {
  const names: string[] = []
  const seen = new Set<number>()
  const visit = (at: number, name: string) => {
    if (seen.has(at)) throw new BinaryError('its list of exports is circular')
    seen.add(at)
    const { value: length, end } = numberAt(trie, at)
    if (length > 0 && name.startsWith(prefix)) names.push(name)
    let next = end + length + 1
    for (let left = trie[next - 1] ?? 0; left > 0; left--) {
      const stop = trie.indexOf(0, next)
      if (stop < 0) throw new BinaryError('its list of exports is damaged')
      const child = name + trie.toString('latin1', next, stop)
      const place = numberAt(trie, stop + 1)
      next = place.end
      if (child.startsWith(prefix) || prefix.startsWith(child)) visit(place.value, child)
    }
  }
  visit(0, '')
  return names
}
