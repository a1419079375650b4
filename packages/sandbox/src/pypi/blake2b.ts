/** Initial state of BLAKE2b: SHA-512's, as pairs of 32-bit words, low word first (RFC 7693, section 2.6). */
const IV = new Uint32Array([
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a, 0xade682d1,
  0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
])

/** Message schedule (RFC 7693, section 2.7), a hex digit a word; rounds 10 and 11 are 0 and 1 again. */
const SIGMA = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
].map((round) => Uint8Array.from(round, (digit) => Number.parseInt(digit, 16)))

/**
 * BLAKE2b with a digest of 256 bits (RFC 7693), in lower-case hex: the digest that PyPI names files by.
 * Node's crypto has the 512-bit one only, whose first half is another value.
 */
export function blake2b256(bytes: Uint8Array): string {
  const h = IV.slice()
  h[0] = (h[0] as number) ^ 0x01010020
  const block = new Uint8Array(128)
  const words = new DataView(block.buffer)
  const m = new Uint32Array(32)
  for (let at = 0; ; at += 128) {
    const last = at + 128 >= bytes.length
    block.fill(0)
    block.set(bytes.subarray(at, at + 128))
    for (let i = 0; i < 32; i += 1) m[i] = words.getUint32(i * 4, true)
    compress(h, m, Math.min(at + 128, bytes.length), last)
    if (last) return Buffer.from(h.buffer, 0, 32).toString('hex')
  }
}

/** The compression of one block; `count` bytes have been taken with it. */
function compress(h: Uint32Array, m: Uint32Array, count: number, last: boolean): void {
  const v = new Uint32Array(32)
  v.set(h)
  v.set(IV, 16)
  v[24] = at(v, 24) ^ count
  v[25] = at(v, 25) ^ Math.floor(count / 0x1_0000_0000)
  if (last) {
    v[28] = ~at(v, 28)
    v[29] = ~at(v, 29)
  }
  for (let round = 0; round < 12; round += 1) {
    const schedule = SIGMA[round % 10] as Uint8Array
    const word = (index: number) => at(schedule, index) * 2
    // Columns, then diagonals.
    mix(v, 0, 8, 16, 24, m, word(0), word(1))
    mix(v, 2, 10, 18, 26, m, word(2), word(3))
    mix(v, 4, 12, 20, 28, m, word(4), word(5))
    mix(v, 6, 14, 22, 30, m, word(6), word(7))
    mix(v, 0, 10, 20, 30, m, word(8), word(9))
    mix(v, 2, 12, 22, 24, m, word(10), word(11))
    mix(v, 4, 14, 16, 26, m, word(12), word(13))
    mix(v, 6, 8, 18, 28, m, word(14), word(15))
  }
  for (let i = 0; i < 16; i += 1) h[i] = at(h, i) ^ at(v, i) ^ at(v, i + 16)
}

/** An element that is there. */
const at = (array: Uint8Array | Uint32Array, index: number) => array[index] as number

/**
 * The mixing function G (RFC 7693, section 3.1); all numbers are indices of low words.
 * Plain variables, and nothing that needs an iterator: an upload hashes every byte of a wheel here.
 */
function mix(v: Uint32Array, a: number, b: number, c: number, d: number, m: Uint32Array, x: number, y: number): void {
  let aLow = at(v, a)
  let aHigh = at(v, a + 1)
  let bLow = at(v, b)
  let bHigh = at(v, b + 1)
  let cLow = at(v, c)
  let cHigh = at(v, c + 1)
  let dLow = at(v, d)
  let dHigh = at(v, d + 1)
  // a += b + m[x]; d = (d ^ a) turned right by 32; c += d; b = (b ^ c) turned right by 24
  let sum = aLow + bLow + at(m, x)
  aHigh = (aHigh + bHigh + at(m, x + 1) + Math.floor(sum / 0x1_0000_0000)) | 0
  aLow = sum >>> 0
  let low = dLow ^ aLow
  dLow = (dHigh ^ aHigh) >>> 0
  dHigh = low
  sum = cLow + dLow
  cHigh = (cHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0
  cLow = sum >>> 0
  low = bLow ^ cLow
  let high = bHigh ^ cHigh
  bLow = ((low >>> 24) | (high << 8)) >>> 0
  bHigh = (high >>> 24) | (low << 8)
  // a += b + m[y]; d = (d ^ a) turned right by 16; c += d; b = (b ^ c) turned right by 63
  sum = aLow + bLow + at(m, y)
  aHigh = (aHigh + bHigh + at(m, y + 1) + Math.floor(sum / 0x1_0000_0000)) | 0
  aLow = sum >>> 0
  low = dLow ^ aLow
  high = dHigh ^ aHigh
  dLow = ((low >>> 16) | (high << 16)) >>> 0
  dHigh = (high >>> 16) | (low << 16)
  sum = cLow + dLow
  cHigh = (cHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0
  cLow = sum >>> 0
  low = bLow ^ cLow
  high = bHigh ^ cHigh
  v[b] = (low << 1) | (high >>> 31)
  v[b + 1] = (high << 1) | (low >>> 31)
  v[a] = aLow
  v[a + 1] = aHigh
  v[c] = cLow
  v[c + 1] = cHigh
  v[d] = dLow
  v[d + 1] = dHigh
}
