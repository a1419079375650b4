import { expect, test } from '@jest/globals'
import { buildImage } from '@slipway/release/image/build'
import type { BuildImageOptions, Engine } from '@slipway/toolchain/engine/engine'

test('an image is built with the arguments of the plan, which those of the step override', async () => {
  const seen: BuildImageOptions[] = []
  const build = async (options: BuildImageOptions) => {
    seen.push(options)
    throw new Error('this engine builds nothing')
  }
  const planned = { project: 'app', names: [], file: 'Dockerfile', context: '.', bases: [] }
  const step = {
    dir: '/p',
    layout: '/l',
    sourceDateEpoch: 0,
    platforms: [],
    labels: {},
    buildArgs: { PY: '3.13', X: '1' },
  }
  const plan = { version: '1.0.0', commit: null }
  const built = buildImage(
    { build } as unknown as Engine,
    plan,
    { ...planned, buildArgs: { PY: '3.12', Y: '2' } },
    step,
  )
  await expect(built).rejects.toThrow('builds nothing')
  expect(seen[0]?.buildArgs).toEqual({ PY: '3.13', X: '1', Y: '2' })
})
