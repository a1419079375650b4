import { expect, test } from '@jest/globals'
import { blake2b256 } from '@slipway/sandbox/pypi/blake2b'
import { succeed } from './harness.ts'

test('the digest is the one that Python makes', async () => {
  const lengths = [0, 128, 100_000]
  const content = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256)
  const script = `import hashlib
for n in ${JSON.stringify(lengths)}: print(hashlib.blake2b(bytes((i * 31 + n) % 256 for i in range(n)), digest_size=32).hexdigest())`
  const fromPython = (await succeed(['python3', '-c', script])).stdout.trim().split('\n')
  expect(lengths.map((each) => blake2b256(content(each)))).toEqual(fromPython)
})
