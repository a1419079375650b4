import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readSdist } from '@slipway/artifacts/sdist'
import { readWheel } from '@slipway/artifacts/wheel'
import { runAction } from './action.ts'
import { commit, exampleRepository } from './project.ts'

/** Two builds in release mode; the first time, maturin, zig and PyO3 are downloaded. */
const SLOW = 600_000

const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

test(
  'build-wheels makes a wheel for old Linux and an sdist, of the same bytes in another folder',
  async () => {
    const builds = []
    for (const out of ['dist', 'other/out']) {
      const cwd = await exampleRepository()
      const step = await runAction('build-wheels', { out }, { cwd })
      expect([step.code, step.annotations.filter((each) => each.name === 'error')]).toEqual([0, []])
      const files: string[] = JSON.parse(step.outputs.files as string)
      expect(step.outputs.out).toBe(join(cwd, out))
      expect(readdirSync(join(cwd, out)).sort()).toEqual([...files].sort())
      const hashes = files.map((file) => hash(join(cwd, out, file)))
      for (const each of hashes) expect(step.summary).toContain(each)
      builds.push({ folder: join(cwd, out), files, hashes })
    }
    const [first, second] = builds as [(typeof builds)[0], (typeof builds)[0]]
    expect(second.files.map((file, index) => [file, second.hashes[index]])).toEqual(
      first.files.map((file, index) => [file, first.hashes[index]]),
    )
    const [wheelName = '', sdistName = ''] = first.files
    const wheel = await readWheel(join(first.folder, wheelName))
    expect(wheel.filename.abiTags).toEqual(['abi3'])
    expect(wheel.filename.platformTags.join()).toMatch(/manylinux_2_17_/)
    expect([...wheel.files.keys()]).toEqual(
      expect.arrayContaining(['scs/__init__.py', 'metatron_qso/__init__.py', expect.stringMatching(/\.abi3\.so$/)]),
    )
    expect(sdistName).toBe('metatron_qso-0.1.0.tar.gz')
    expect((await readSdist(join(first.folder, sdistName))).metadata.get('Version')).toBe('0.1.0')
  },
  SLOW,
)

test(
  'a build that fails says what its tools said, commands none, and leaves nothing behind',
  async () => {
    const cwd = await exampleRepository()
    const script = 'fn main() { println!("::error::no such luck"); panic!("broken"); }\n'
    await commit(cwd, { 'metatron_qso_py/build.rs': script })
    const step = await runAction('build-wheels', {}, { cwd })
    expect([step.code, step.annotations.map((each) => each.properties.title)]).toEqual([1, ['maturin-failed']])
    expect(step.annotations[0]?.message).toContain('no such luck')
    expect(step.outputs.files).toBeUndefined()
    expect(readdirSync(join(cwd, 'dist'))).toEqual([])
  },
  SLOW,
)
