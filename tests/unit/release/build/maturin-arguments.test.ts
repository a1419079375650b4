import { expect, test } from '@jest/globals'
import { maturinArguments } from '@slipway/release/build/maturin-arguments'

test.each([
  ['', []],
  ['--no-default-features  -Z build-std', ['--no-default-features', '-Z', 'build-std']],
  ['--config \'profile.release.lto = "fat"\'', ['--config', 'profile.release.lto = "fat"']],
  ['--releases', ['--releases']],
])('%j are the arguments %j', (text, words) => {
  expect(maturinArguments(text)).toEqual(words)
})

test.each([
  ['--release', 'Use the input `profile` instead.'],
  ['--locked --out=dist', 'Use the input `out` instead.'],
  ['-i 3.12', 'Use the input `interpreter` instead.'],
  ['--manylinux 2_28', 'Use the input `manylinux` instead.'],
  ['-m crates/py/Cargo.toml', 'Remove `-m`.'],
  ["--config 'open", 'Close the quotes in the input `args`.'],
])('%j is refused: %s', (text, hint) => {
  expect(() => maturinArguments(text)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ code: 'maturin-arguments-invalid', hint })] }),
  )
})
