import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readSdist } from '@slipway/artifacts/sdist'
import { unpackSdist } from '@slipway/artifacts/unpack'
import { temporaryFolder } from '../../sandbox/harness.ts'
import { METADATA, type RawEntry, tarGz } from './archives.ts'

const TOP = 'demo_py-1.0.0'
const INFO: RawEntry = { name: `${TOP}/PKG-INFO`, data: METADATA }

/** Unpacks an sdist with these members and PKG-INFO. */
async function unpacked(...entries: RawEntry[]): Promise<{ folder: string; top: string }> {
  const folder = temporaryFolder()
  const file = join(temporaryFolder(), `${TOP}.tar.gz`)
  writeFileSync(file, tarGz([INFO, ...entries]))
  return { folder, top: await unpackSdist(await readSdist(file), folder) }
}

test('files are unpacked with their permission to execute, and links are left out', async () => {
  const { folder, top } = await unpacked(
    { name: `${TOP}/src/run.sh`, data: 'x', mode: '0000755' },
    { name: `${TOP}/src`, type: '5' },
    { name: `${TOP}/link`, type: '2', link: '/etc/passwd' },
  )
  expect(top).toBe(join(folder, TOP))
  expect(readdirSync(top).sort()).toEqual(['PKG-INFO', 'src'])
  expect(readFileSync(join(top, 'src', 'run.sh'), 'utf8')).toBe('x')
  expect([statSync(join(top, 'src', 'run.sh')).mode & 0o100, statSync(join(top, 'PKG-INFO')).mode & 0o100]).toEqual([
    0o100, 0,
  ])
})

test.each([`${TOP}/../../evil`, `${TOP}/../evil`, `${TOP}/x/../../${TOP}2/evil`])('%s is refused', async (name) => {
  await expect(unpacked({ name, data: 'x' })).rejects.toMatchObject({ problems: [{ code: 'sdist-unreadable' }] })
})

test('a second top folder is refused', async () => {
  await expect(unpacked({ name: 'other/x', data: 'x' })).rejects.toMatchObject({
    problems: [{ code: 'sdist-unreadable', message: expect.stringContaining('one top folder') }],
  })
})
