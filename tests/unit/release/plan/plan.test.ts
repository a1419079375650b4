import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import type { Command, Ports } from '@slipway/core/ports'
import { ProblemError } from '@slipway/core/problem'
import { planRelease, tagOfRun } from '@slipway/release/plan/plan'

const log = { info() {}, debug() {}, problem() {} }
const ports = { clock: systemClock, http: fetchHttp, exec: processExec(process.env), env: process.env, log }
const example = join(import.meta.dirname, '../../../../examples/metatron')

test('an extension crate is published if it is named, or was published before', async () => {
  const asked: string[] = []
  const published = async (options: Parameters<typeof planRelease>[2]) => {
    const { crates } = await planRelease(ports, example, options)
    return crates.filter((each) => each.publish !== false).map((each) => each.name)
  }
  expect(await published({})).toEqual(['metatron-qso'])
  expect(await published({ crates: ['metatron_qso_py'] })).toEqual(['metatron-qso', 'metatron_qso_py'])
  const isPublished = async (crate: string) => asked.push(crate) > 0
  expect(await published({ isPublished })).toEqual(['metatron-qso', 'metatron_qso_py'])
  expect(asked).toEqual(['metatron_qso_py'])
})

test('a missing folder is a problem', async () => {
  await expect(planRelease(ports, join(example, 'none'))).rejects.toThrow(ProblemError)
})

test('a repository that git refuses to read is planned without its commit, and stops a workflow step', async () => {
  const exec: Ports['exec'] = async () => ({ code: 128, stdout: '', stderr: 'fatal: detected dubious ownership' })
  const plan = await planRelease({ ...ports, exec }, example, { offline: true })
  expect(plan).toMatchObject({ version: '0.1.0', commit: null })
  expect(plan.problems.at(-1)).toMatchObject({ code: 'git-failed', severity: 'warning' })
  await expect(planRelease({ ...ports, exec }, example)).rejects.toThrow('dubious ownership')
})

test('cargo is queried outside the project, installs nothing, and is reported if missing', async () => {
  const asked: Command[] = []
  const exec: Ports['exec'] = async (command) => {
    asked.push(command)
    return { code: 0, stdout: 'cargo 1.50.0 (f2d3ce0bd 2021-03-21)\n', stderr: '' }
  }
  const plan = await planRelease({ ...ports, exec }, example, { offline: true })
  expect(plan.problems.map((each) => each.code)).toContain('rust-too-old')
  const cargo = asked.find((each) => each.argv.includes('--version'))
  expect(cargo).toMatchObject({ cwd: '/', env: { RUSTUP_AUTO_INSTALL: '0' } })

  const without = await planRelease({ ...ports, env: { PATH: '' } }, example, { offline: true })
  expect(without.notChecked[0]).toMatch('cargo')
})

test('the tag of a workflow is the one it runs on, not a branch', () => {
  expect(tagOfRun({ GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1.0.0' })).toBe('v1.0.0')
  expect(tagOfRun({ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' })).toBeUndefined()
})
