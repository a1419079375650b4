import { expect } from '@jest/globals'
import type { Installed } from '@slipway/release/verify/finding'
import type { LogEntry } from '@slipway/sandbox/log'
import { installBack } from '../../packages/cli/src/rehearse/install-back.ts'
import { acceptances, type Passed } from '../rehearsal/recorder.ts'
import { temporaryFolder } from '../sandbox/harness.ts'
import { differing, held } from './held.ts'
import type { Ran, World } from './world.ts'

/** Whether a process sent it that an act began, which this process began. */
function isByAct({ by }: Passed): boolean {
  return by.some(({ name, parent }) => name === 'act' && parent === process.pid)
}

const isPush = ({ service, path }: Passed) => service === 'git' && path.endsWith('/git-receive-pack')
const isRead = ({ method, path }: Passed) => /^(?:GET|HEAD)$/.test(method) || path.endsWith('/git-upload-pack')
const named = ({ service, method, path }: Pick<Passed, 'service' | 'method' | 'path'>) => `${service} ${method} ${path}`

/** What was asked of services other than those between jobs by a method that may write. */
export function writes({ recorder }: World): string[] {
  const foreign = recorder.passed.filter((each) => !isRead(each) && !isPush(each) && each.service !== 'results')
  return foreign.map(named)
}

/**
 * Expects that everything that was written came from processes that act started, that nothing was written past the
 * recorder, and that no file was accepted twice. The test's own push of the refs is the one exception: it is seen as such.
 */
export async function expectWrittenByAct({ recorder, sandbox }: World): Promise<void> {
  const { passed } = recorder
  const pushes = passed.filter(isPush)
  expect(pushes.length).toBeGreaterThan(0)
  expect(pushes.map((each) => [each.by.length > 0, isByAct(each)])).toEqual(pushes.map(() => [true, false]))
  const writes = passed.filter((each) => !isRead(each) && !isPush(each))
  expect(writes.length).toBeGreaterThan(0)
  expect(writes.filter((each) => !isByAct(each)).map(named)).toEqual([])
  const uploads = (await sandbox.steer.log()).filter((each) => each.upload && each.accepted)
  const left = passed.map(named)
  const unseen = uploads.map(named).filter((each) => {
    const at = left.indexOf(each)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  expect(unseen).toEqual([])
  expect(Object.entries(acceptances(passed)).filter(([, times]) => times !== 1)).toEqual([])
}

/** Bytes of artifacts that registries were sent; jobs hand files to each other by other services. */
export function bytesSent(requests: readonly LogEntry[]): number {
  const uploads = requests.filter((each) => each.upload && !['results', 'git'].includes(each.service))
  return uploads.reduce((sum, each) => sum + each.bodyBytes, 0)
}

/** What requests changed at registries and at GitHub, sorted: uploads go side by side. */
export function effects(requests: readonly LogEntry[]): string[] {
  const own = requests.filter((each) => each.effect !== null && !['results', 'git', 'oidc'].includes(each.service))
  return own.map((each) => `${each.service} ${each.effect}`).sort()
}

/** Expects that a run succeeded. The steps' errors come first: they give the reason. */
export function expectGood({ code, errors }: Ran): void {
  expect({ errors, code }).toEqual({ errors: [], code: 0 })
}

/** Expects that every destination has the release: its crates, its packages' files, and a public page with all of them. */
export async function expectReleased(world: World, files: { crates: string[]; packages: string[] }): Promise<void> {
  const all = await held(world)
  expect(Object.keys(all.crates).sort()).toEqual(files.crates)
  expect(Object.keys(all.pypi).sort()).toEqual(files.packages)
  expect(Object.keys(all.testpypi).sort()).toEqual(files.packages)
  expect(all.github?.draft).toBe(false)
  const named = [...files.crates, ...files.packages, 'plan.json', 'manifest.json', 'SHA256SUMS']
  expect(Object.keys(all.github?.files ?? {})).toEqual(expect.arrayContaining(named))
  expect(differing(all)).toEqual([])
}

/** Fetches the release back with cargo, pip and sha256sum, and tries it. Gives the names of what was tried. */
export async function installedBack(world: World): Promise<string[]> {
  const { ports, copy, sandbox, repository } = world
  const files = Object.keys((await held(world)).pypi)
  const installed: Installed[] = []
  const step = <T>(_: string, act: () => Promise<T>) => act()
  const at = { description: sandbox, source: copy.dir, repository, files, folder: temporaryFolder() }
  await installBack(ports, { plan: copy.plan, ...at, step, installed })
  return [...new Set(installed.map((each) => each.what))]
}
