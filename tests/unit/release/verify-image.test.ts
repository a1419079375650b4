import { expect, test } from '@jest/globals'
import type { PlannedPackage } from '@slipway/core/plan'
import type { Finished } from '@slipway/core/ports'
import { runTestCommand, tryImage } from '@slipway/release/verify/image'
import type { Engine } from '@slipway/toolchain/engine/engine'

const LAYOUT = { layout: '/layout' }

/** An engine whose images answer so; keeps what was run. */
function engineSaying(answer: Partial<Finished>) {
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
const told = (version: string, own: string | null) => JSON.stringify({ version, modules: { demo: own, scs: null } })

const tried = (answer: Partial<Finished>, packages: PlannedPackage[] = [PACKAGE]) =>
  tryImage(engineSaying(answer).engine, { packages, version: '1.2.0' }, { what: 'own/app', image: LAYOUT })

test.each([
  ['the module tells its version', told('1.2.0', '1.2.0')],
  ['the module tells none', told('1.2.0', null)],
])('a package that imports is found: %s', async (_, stdout) => {
  expect(await tried({ stdout })).toEqual([{ what: 'own/app', where: 'docker, demo-py', version: '1.2.0' }])
})

test.each<[string, Partial<Finished>]>([
  ['has no such package', { code: 77, stderr: 'demo-py is not installed' }],
  ['has no Python', { code: 127 }],
  ['has no Python that runs', { code: 126 }],
  ['has no Python, as buildah tells it', { code: 1, stderr: 'exec: "python3": executable file not found in $PATH' }],
  [
    'has no Python, as crun tells it',
    { code: 1, stderr: 'executable file `python3` not found in $PATH: No such file' },
  ],
])('an image that %s is not run', async (_, answer) => {
  expect(await tried(answer)).toEqual([{ what: 'own/app', where: 'docker, not run', version: '1.2.0' }])
})

test('of a plan without packages nothing is run', async () => {
  const { engine, ran } = engineSaying({ code: 1 })
  await tryImage(engine, { packages: [], version: '1.2.0' }, { what: 'own/app', image: LAYOUT })
  expect(ran).toEqual([])
})

test.each<[string, Partial<Finished>, string, RegExp]>([
  ['fails to import', { code: 1, stderr: 'ImportError: libx.so' }, 'verification-failed', /ImportError/],
  ['says another version', { stdout: told('1.1.0', null) }, 'installed-version-differs', /1\.1\.0/],
  [
    'has a module that says another version',
    { stdout: told('1.2.0', '1.3.0') },
    'installed-version-differs',
    /1\.3\.0/,
  ],
])('a package that %s is a problem', async (_, answer, code, message) => {
  await expect(tried(answer)).rejects.toMatchObject({ problems: [{ code, message: expect.stringMatching(message) }] })
})

test("the test command is run by the image's shell, as it is", async () => {
  const { engine, ran } = engineSaying({})
  await runTestCommand(engine, LAYOUT, `echo "$HOME"; it's`)
  expect(ran).toEqual([['/bin/sh', '-c', `echo "$HOME"; it's`]])
  const failure = runTestCommand(engineSaying({ code: 3, stderr: 'why' }).engine, LAYOUT, 'false')
  await expect(failure).rejects.toMatchObject({
    problems: [{ code: 'verification-failed', message: expect.stringContaining('why') }],
  })
})
