import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from '@jest/globals'
import { systemClock } from '@slipway/core/effects/clock'
import { processExec } from '@slipway/core/effects/exec'
import { fetchHttp } from '@slipway/core/effects/http'
import { imageRehearsal, type WantedEngine } from '../../packages/cli/src/rehearse/images.ts'
import type { Daemon } from '../engines/daemon.ts'
import { buildahBase, buildahEnv, dockerBase, startDocker } from '../engines/harness.ts'
import { needs } from '../tools.ts'
import { type Rehearsed, rehearse, rehearsedExample, remove } from './example.ts'

const test = needs('dockerd', 'docker', 'buildah', 'SLIPWAY_TEST_BASE')
const dir = await mkdtemp(join(tmpdir(), 'slipway-i-'))
const daemons: Daemon[] = []
afterAll(async () => {
  for (const each of daemons) await each.close()
  await remove(dir)
})

/** A machine whose engines are given by variables; no other engine works there. */
const MACHINES = {
  docker: async () => {
    const docker = await startDocker(join(dir, 'docker'))
    daemons.push(docker)
    await dockerBase(docker.env)
    return docker.env
  },
  buildah: async () => {
    const env = await buildahEnv(join(dir, 'buildah'))
    await buildahBase(env)
    // A docker without its daemon is no engine.
    return { ...env, DOCKER_HOST: `unix://${join(dir, 'none')}` }
  },
}

/** What images went where, under which digest. */
function pushed({ receipts }: Rehearsed['report']) {
  return receipts.filter((each) => each.publisher === 'oci')
}

test.each(Object.keys(MACHINES) as (keyof typeof MACHINES)[])(
  'with %s the image is built, pushed to two registries, pulled by its digest and run',
  async (engine) => {
    const env = await MACHINES[engine]()
    // The files that were built for all tests; the image is made of them.
    const { state } = await rehearsedExample()
    const { code, report, stdout } = await rehearse(null, {
      state,
      env,
      args: ['--engine', 'auto', '--require', 'images'],
    })
    expect(report.problems.filter((each) => each.severity === 'error')).toEqual([])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`build the image metatron-qso with ${engine}`),
    })
    const images = pushed(report)
    expect(images.map(({ target, artifact, status }) => `${target} ${artifact} ${status}`).sort()).toEqual(
      ['docker.io/qdash/metatron-qso', 'ghcr.io/lashsesh/qdash']
        .flatMap((target) => [
          `${target} metatron-qso-0.1.0.oci published`,
          ...['0.1.0', '0.1', 'latest'].map((tag) => `${target} metatron-qso:${tag} moved`),
        ])
        .sort(),
    )
    expect(new Set(images.map((each) => each.digest)).size).toBe(1)
    expect(report.installed.filter((each) => each.where.startsWith(engine))).toEqual([
      { what: 'docker.io/qdash/metatron-qso', where: `${engine}, metatron-qso`, version: '0.1.0' },
      { what: 'ghcr.io/lashsesh/qdash', where: `${engine}, metatron-qso`, version: '0.1.0' },
    ])
    expect(report.passes[0]?.bytesSent).toBeGreaterThan(10_000_000)
    expect(report.passes[1]?.bytesSent).toBe(0)
    await remove(state)
  },
)

test('without the base image, images are not rehearsed, and the report gives the reason', async () => {
  const own = { ...process.env, ...(await buildahEnv(join(dir, 'empty'))) }
  const log = { info() {}, debug() {}, problem() {} }
  const ports = { clock: systemClock, http: fetchHttp, log, env: own, exec: processExec(own) }
  const image = { name: 'ghcr.io/a/b', file: 'Dockerfile', context: '.', bases: ['example.invalid/base:1'] }
  const reason = (images: (typeof image)[], engine: WantedEngine) => imageRehearsal(ports, { images }, engine)
  expect(await reason([image], 'buildah')).toEqual({
    reason: expect.stringMatching(/^buildah cannot get the base image example\.invalid\/base:1: ./),
  })
  expect(await reason([image], 'none')).toEqual({ reason: 'disabled by --engine none' })
  expect(await reason([], 'auto')).toEqual({ reason: expect.stringContaining('no Dockerfile') })
})
