import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Ports } from '@slipway/core/ports'
import { CratesPublisher } from '@slipway/registries/crates/publisher'
import { buildCrates } from '@slipway/release/build/build'
import { planRelease } from '@slipway/release/plan/plan'
import { alreadyOut } from '../../../packages/cli/src/rehearse/already-out.ts'
import type { SourceCopy } from '../../../packages/cli/src/rehearse/source-copy.ts'
import { repository, WORKSPACE } from '../../bundle/project.ts'
import { temporaryFolder, tested } from '../../sandbox/harness.ts'

const ports: Ports = {
  clock: systemClock,
  http: fetchHttp,
  exec: processExec(process.env),
  env: process.env,
  log: { info() {}, debug() {}, problem() {} },
}

/** Makes a copy as a rehearsal does; `lib` is the code of the crate that the other depends on. */
async function copy(lib: string): Promise<SourceCopy> {
  const dir = await repository({ ...WORKSPACE, 'core/src/lib.rs': lib })
  const plan = await planRelease(ports, dir)
  return { project: dir, dir, work: temporaryFolder(), plan, epoch: 0, notices: [], prebuilt: [] }
}

const TWO = 'pub fn two() -> u32 { 2 }\n'

test('a version published with different content is found before the build', async () => {
  const { cargo } = await tested()
  const first = await copy(TWO)
  expect(await alreadyOut(ports, first, cargo.index)).toEqual([])
  const out = mkdtempSync(join(first.work, 'crates-'))
  const files = await buildCrates(ports, { ...first, out, targetDir: join(out, 'target'), verify: false })
  const to = { name: 'crates.io', isCratesIo: true, index: cargo.index, token: cargo.token, web: null }
  for (const each of files) await new CratesPublisher(ports, to).publish(each)

  // The same content means an unfinished release, which may continue.
  expect(await alreadyOut(ports, await copy(TWO), cargo.index)).toEqual([])
  const [problem, ...others] = await alreadyOut(ports, await copy(`${TWO}// more\n`), cargo.index)
  expect([problem?.code, others]).toEqual(['version-is-out', []])
  expect(problem?.message).toContain('slipway-demo-zcore 1.2.0')
  expect(problem?.message).not.toContain('slipway-demo-app')
  expect(problem?.hint).toContain('slipway bump')
  expect(problem?.where).toMatchObject({ file: 'Cargo.toml' })
})

test('a registry that does not answer is ignored', async () => {
  expect(await alreadyOut(ports, await copy(TWO), 'sparse+http://127.0.0.1:9/')).toEqual([])
})
