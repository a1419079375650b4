import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

test('in a rehearsal, pip and uv find the release in the local index, and the Dockerfile stays as it was', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'image-'))
  const file = join(dir, 'Dockerfile')
  await writeFile(file, 'FROM a\nRUN pip install demo\n')
  const seen: { text: string; options: BuildImageOptions }[] = []
  const build = async (options: BuildImageOptions) => {
    seen.push({ text: await readFile(options.file, 'utf8'), options })
    throw new Error('this engine builds nothing')
  }
  const image = { project: 'app', names: [], file: 'Dockerfile', context: '.', bases: [] }
  const step = { dir, layout: join(dir, 'layout'), sourceDateEpoch: 0, platforms: [], labels: {}, buildArgs: {} }
  const built = (more: { index?: string }) =>
    buildImage({ build } as unknown as Engine, { version: '1.0.0', commit: null }, image, { ...step, ...more })
  const index = 'http://127.0.0.1:5000/simple/'
  for (const more of [{}, { index }]) await expect(built(more)).rejects.toThrow('builds nothing')
  const text = await readFile(file, 'utf8')
  await rm(dir, { recursive: true })
  expect(seen.map((each) => each.options.hostNetwork)).toEqual([undefined, true])
  expect([seen[0]?.text, text]).toEqual(Array(2).fill('FROM a\nRUN pip install demo\n'))
  expect(seen[1]?.text).toBe(`FROM a\nARG PIP_EXTRA_INDEX_URL=${index}\nARG UV_INDEX=${index}\nRUN pip install demo\n`)
})
