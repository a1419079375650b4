import { expect, test } from '@jest/globals'
import type { PlannedPackage } from '@slipway/core/plan'
import type { Finished } from '@slipway/core/ports'
import { runTestCommand, tryImage } from '@slipway/release/verify/image'
import type { Engine } from '@slipway/toolchain/engine/engine'

const LAYOUT = { layout: '/layout' }

/** Returns an engine whose containers finish like this, and the commands it ran. */
function engineWith(answer: Partial<Finished>) {
  const ran: (readonly string[])[] = []
  const run: Engine['run'] = async (_, argv) => {
    ran.push(argv)
    return { code: 0, stdout: '', stderr: '', ...answer }
  }
  const engine: Engine = {
    name: 'docker',
    version: '1',
    run,
    build: async () => {},
    provide: async () => null,
    forget: async () => {},
  }
  return { engine, ran }
}

const PACKAGE = { name: 'demo-py', version: '1.2.0', imports: ['demo', 'scs'] } as unknown as PlannedPackage
const output = (version: string, own: string | null) => JSON.stringify({ version, modules: { demo: own, scs: null } })

const tried = (answer: Partial<Finished>, packages: PlannedPackage[] = [PACKAGE]) =>
  tryImage(engineWith(answer).engine, { packages, version: '1.2.0' }, { what: 'own/app', image: LAYOUT })

test.each([
  ['with a version in the module', output('1.2.0', '1.2.0')],
  ['without a version in the module', output('1.2.0', null)],
])('a package that imports is found %s', async (_, stdout) => {
  expect(await tried({ stdout })).toEqual([{ what: 'own/app', where: 'docker, demo-py', version: '1.2.0' }])
})

test.each<[string, Partial<Finished>]>([
  ['does not have the package', { code: 77, stderr: 'demo-py is not installed' }],
  ['has no Python', { code: 127 }],
  ['has no working Python', { code: 126 }],
  [
    'has no Python, in the words of buildah',
    { code: 1, stderr: 'exec: "python3": executable file not found in $PATH' },
  ],
  [
    'has no Python, in the words of crun',
    { code: 1, stderr: 'executable file `python3` not found in $PATH: No such file' },
  ],
])('an image that %s counts as not run', async (_, answer) => {
  expect(await tried(answer)).toEqual([{ what: 'own/app', where: 'docker, not run', version: '1.2.0' }])
})

test('for a plan without packages nothing is run', async () => {
  const { engine, ran } = engineWith({ code: 1 })
  await tryImage(engine, { packages: [], version: '1.2.0' }, { what: 'own/app', image: LAYOUT })
  expect(ran).toEqual([])
})

test.each<[string, Partial<Finished>, string, RegExp]>([
  ['fails to import', { code: 1, stderr: 'ImportError: libx.so' }, 'verification-failed', /ImportError/],
  ['reports another version', { stdout: output('1.1.0', null) }, 'installed-version-differs', /1\.1\.0/],
  [
    'has a module that reports another version',
    { stdout: output('1.2.0', '1.3.0') },
    'installed-version-differs',
    /1\.3\.0/,
  ],
])('a package that %s is a problem', async (_, answer, code, message) => {
  await expect(tried(answer)).rejects.toMatchObject({ problems: [{ code, message: expect.stringMatching(message) }] })
})

test("the image's shell runs the test command unchanged", async () => {
  const { engine, ran } = engineWith({})
  await runTestCommand(engine, LAYOUT, `echo "$HOME"; it's`)
  expect(ran).toEqual([['/bin/sh', '-c', `echo "$HOME"; it's`]])
  const failure = runTestCommand(engineWith({ code: 3, stderr: 'why' }).engine, LAYOUT, 'false')
  await expect(failure).rejects.toMatchObject({
    problems: [{ code: 'verification-failed', message: expect.stringContaining('why') }],
  })
})
