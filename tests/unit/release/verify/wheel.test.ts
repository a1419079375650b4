import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { tryPackages } from '@slipway/release/verify/wheel'
import { type Made, makeWheel, temporaryFolder } from '../../../sandbox/harness.ts'
import { realPorts } from '../../toolchain/ports.ts'

/** Tries a package that is only in a folder, as its dependency `egret` is. Returns how often pip ran, and the result. */
async function tried(metadata: string[], text: string) {
  const folder = temporaryFolder()
  const made: Made[] = [
    { name: 'plover', version: '1.0', metadata, files: { 'plover.py': text } },
    { name: 'egret', version: '2.0', files: { 'egret.py': '' } },
  ]
  for (const { filename, bytes } of made.map(makeWheel)) writeFileSync(join(folder, filename), bytes)
  const ports = realPorts({ ...process.env, PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder })
  let pips = 0
  const exec: typeof ports.exec = (command) => {
    if (command.argv.includes('install')) pips++
    return ports.exec(command)
  }
  const packages = [{ name: 'plover', version: '1.0', path: '.', backend: 'x', abi3: null, imports: ['plover'] }]
  const trial = { folder: temporaryFolder(), source: { folder }, every: false }
  const result = await tryPackages({ ...ports, exec }, { packages } as unknown as Plan, trial).catch((each) => each)
  return { pips, result }
}

const works = [{ what: 'plover', where: expect.stringMatching(/^Python 3/), version: '1.0' }]

test.each([
  [1, []],
  [1, ['Requires-Dist: egret; extra == "birds"', 'Provides-Extra: birds']],
  [1, ['Requires-Dist: egret>=9; python_version >= "3" and extra == "ordinary"', 'Provides-Extra: ordinary']],
  [2, ['Requires-Dist: egret; python_version < "3"']],
])('pip runs %i times, because nothing is missing, for %j', async (pips, metadata) => {
  expect(await tried(metadata, '')).toEqual({ pips, result: works })
})

test.each([
  [['Requires-Dist: egret']],
  [['Requires-Dist: egret>=2; python_version >= "3"']],
  [['Requires-Dist: egret; extra == "birds" or python_version >= "3"', 'Provides-Extra: birds']],
])('dependencies are installed: %j', async (metadata) => {
  expect(await tried(metadata, 'import egret\n')).toEqual({ pips: 2, result: works })
})

test('a dependency that nobody has, and one that is imported and not declared, are reported', async () => {
  const { result } = await tried(['Requires-Dist: egret>=3'], '')
  expect(result.problems).toMatchObject([{ code: 'verification-failed', message: expect.stringContaining('egret>=3') }])
  const undeclared = await tried([], 'import setuptools\n')
  expect(undeclared.result.message).toContain("No module named 'setuptools'")
})
