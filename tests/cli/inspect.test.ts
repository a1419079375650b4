import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../sandbox/harness.ts'
import { BROKEN, FIT } from '../unit/artifacts/broken-files.ts'
import { slipway } from './command.ts'

/** Writes files into a folder of their own each, and returns their paths. */
function written(...files: ({ filename: string; bytes: Uint8Array } | undefined)[]): string[] {
  return files.map((each) => {
    if (!each) throw new Error('no such file in the list')
    const path = join(temporaryFolder(), each.filename)
    writeFileSync(path, each.bytes)
    return path
  })
}

test('inspect --json prints each file with its problems', async () => {
  const files = written(
    FIT.wheel,
    FIT.sdist,
    BROKEN.RECORD?.backslashes,
    BROKEN.tags?.['plain Linux'],
    BROKEN.sdist?.['another ending'],
  )
  const { code, stdout, stderr } = await slipway(['inspect', ...files, '--json'])
  expect([code, stderr]).toEqual([1, ''])
  const found = JSON.parse(stdout) as { problems: object[] }[]
  const named = { name: 'demo-pkg', version: '1.0.0' }
  const text = { message: expect.any(String), hint: expect.any(String) }
  expect(found).toEqual([
    { file: files[0], ok: true, ...named, tags: ['py3-none-any'], problems: [] },
    { file: files[1], ok: true, ...named, tags: [], problems: [] },
    {
      file: files[2],
      ok: true,
      ...named,
      tags: ['py3-none-any'],
      problems: [{ code: 'wheel-record-backslashes', severity: 'warning', ...text }],
    },
    {
      file: files[3],
      ok: false,
      ...named,
      tags: ['cp312-cp312-linux_x86_64'],
      problems: [{ code: 'platform-tag-refused', severity: 'error', ...text }],
    },
    {
      file: files[4],
      ok: false,
      name: null,
      version: null,
      tags: [],
      problems: [{ code: 'sdist-name-invalid', severity: 'error', ...text }],
    },
  ])
})

test('inspect shows files and problems, and succeeds with warnings', async () => {
  const files = written(FIT.wheel, BROKEN.RECORD?.backslashes)
  const { code, stdout, stderr } = await slipway(['inspect', ...files])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.replace(/^ {4}.*\n/gm, '').split('\n')).toEqual([
    `${files[0]}: fine`,
    `${files[1]}: accepted`,
    expect.stringMatching(/^warning\[wheel-record-backslashes\]: The RECORD of demo_pkg-1\.0\.0-py3-none-any\.whl /),
    '',
    '2 files inspected, 0 refused',
    '',
  ])
})

test.each([[], ['notes.txt'], [join('none', 'a-1.0-py3-none-any.whl')]])(
  'wrong usage: inspect %s',
  async (...files) => {
    const { code, stdout, stderr } = await slipway(['inspect', ...files])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('\n\nslipway inspect FILE... [--json]')
  },
)
