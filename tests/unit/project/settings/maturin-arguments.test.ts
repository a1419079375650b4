import { expect, test } from '@jest/globals'
import { maturinArguments } from '@slipway/project/settings/maturin-arguments'

test.each([
  ['', []],
  ['--no-default-features  -Z build-std', ['--no-default-features', '-Z', 'build-std']],
  ['--config \'profile.release.lto = "fat"\'', ['--config', 'profile.release.lto = "fat"']],
  ['--releases', ['--releases']],
  ['-- -Ctarget-cpu=native -Funsafe_code', ['--', '-Ctarget-cpu=native', '-Funsafe_code']],
])('%j are the arguments %j', (text, words) => {
  expect(maturinArguments(text)).toEqual(words)
})

test.each([
  ['--release', 'Use `profile` instead.'],
  ['--locked --out=dist', 'Use `out` instead.'],
  ['-i 3.12', 'Use `interpreter` instead.'],
  ['--manylinux 2_28', 'Use `manylinux` instead.'],
  ['-m crates/py/Cargo.toml', 'Remove `-m`.'],
  ['-Fsimd --locked', 'Use `features` instead.'],
  ['-i=3.12', 'Use `interpreter` instead.'],
  ['-mcrates/py/Cargo.toml -- -O', 'Remove `-m`.'],
  ["--config 'open", 'Close the quotes, and put quotes around `$`, `*`, `|` and the like.'],
  ['--config build.rustflags=$FLAGS', 'Close the quotes, and put quotes around `$`, `*`, `|` and the like.'],
])('%j is refused: %s', (text, hint) => {
  expect(maturinArguments(text)).toEqual({ why: expect.any(String), hint })
})
