import { expect, test } from '@jest/globals'
import { writeOfAction, writesOfCommands } from '@slipway/project/evidence/writes'

const what = (text: string) => writesOfCommands(text).map((each) => `${each.line} ${each.what}`)

test.each([
  ['cargo publish', ['0 cargo publish']],
  ['cargo +stable publish -p a', ['0 cargo publish']],
  ['cargo --config x.toml publish', ['0 cargo publish']],
  ['set -e\ncd crate && CARGO_NET_OFFLINE=1 cargo publish', ['1 cargo publish']],
  ['python3 -m twine upload dist/*', ['0 twine upload']],
  ['uvx twine upload dist/*', ['0 twine upload']],
  ['uv publish', ['0 uv publish']],
  ['maturin upload dist/*', ['0 maturin upload']],
  ['maturin publish --skip-existing', ['0 maturin publish']],
  ['gh release create v1 dist/*', ['0 gh release']],
  ['gh -R a/b release upload v1 x', ['0 gh release']],
  ['docker push a/b:1', ['0 docker push']],
  ['docker buildx build --push -t a .', ['0 docker build --push']],
  ['docker buildx build \\\n  --output type=image,push=true .', ['0 docker build --push']],
  ['bash -c "cargo publish"', ['0 cargo publish']],
  ['bash <<EOF\ntrue\ncargo publish\nEOF', ['2 cargo publish']],
  ['echo cargo publish | bash', ['0 cargo publish']],
  ['x=$(twine upload dist/*)', ['0 twine upload']],
  ['if true; then cargo publish; fi', ['0 cargo publish']],
  ['scp dist/* host:', ['0 scp']],
])('%j writes elsewhere', (text, expected) => {
  expect(what(text)).toEqual(expected)
})

test.each([
  'echo "run cargo publish"',
  '# cargo publish',
  'cargo publish --dry-run',
  'cargo build --release',
  'cargo test -p publish',
  'docker build -t a .',
  'uv build && uv run pytest',
  'maturin build --release',
  'python release.py',
  'grep "twine upload" Makefile',
  'git push origin v1',
])('%j does not write elsewhere', (text) => {
  expect(what(text)).toEqual([])
})

const action = (name: string, inputs: Record<string, string> = {}) =>
  writeOfAction({ action: name, setting: (key) => inputs[key] ?? null })

test('actions that publish are recognized by name or inputs', () => {
  expect(action('pypa/gh-action-pypi-publish')).toBe('pypa/gh-action-pypi-publish')
  expect(action('softprops/action-gh-release')).toBe('softprops/action-gh-release')
  expect(action('docker/build-push-action', { push: 'true' })).toBe('docker/build-push-action with push')
  expect(action('docker/build-push-action', { push: 'false' })).toBeNull()
  expect(action('docker/build-push-action', { outputs: 'type=registry' })).toBe('docker/build-push-action with push')
  expect(action('PyO3/maturin-action', { command: 'upload' })).toBe('PyO3/maturin-action with upload')
  expect(action('PyO3/maturin-action', { command: 'build' })).toBeNull()
  expect(action('actions/checkout')).toBeNull()
})
