import { BinaryError, Fields, MAX_NAME } from './bytes.ts'

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
  const fields = new Fields(trie)
  const names: string[] = []
  const seen = new Set<number>()
  const nodes = [{ at: 0, name: '' }]
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (seen.has(node.at) || node.name.length > MAX_NAME) throw new BinaryError('its list of exports is damaged')
    seen.add(node.at)
    const { value: length, end } = numberAt(trie, node.at)
    if (length > 0 && node.name.startsWith(prefix)) names.push(node.name)
    let next = end + length + 1
    for (let left = fields.u8(next - 1); left > 0; left--) {
      const edge = fields.text(next)
      const place = numberAt(trie, next + edge.length + 1)
      const name = node.name + edge
      next = place.end
      if (name.startsWith(prefix) || prefix.startsWith(name)) nodes.push({ at: place.value, name })
    }
  }
  return names
}
