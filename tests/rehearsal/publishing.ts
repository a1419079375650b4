/**
 * The publishing half of a release as a separate process, for tests that kill it:
 * node publishing.ts ARTIFACTS IMAGE PLAN SANDBOX DESCRIPTION ENTRY
 *
 * Publishes what the manifest in the folder ARTIFACTS holds and the image that IMAGE describes, by the plan in the file PLAN, to the addresses in the file
 * DESCRIPTION: a recorder's, in front of the sandbox in the folder SANDBOX. Where that does not answer, it is started by
 * the command ENTRY, as a child in this process's group.
 */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { readManifest } from '@slipway/artifacts/manifest'
import { systemClock } from '@slipway/core/effects/clock'
import { fetchHttp } from '@slipway/core/effects/http'
import { endpointsOf } from '@slipway/registries/endpoints'
import { silentStep } from '@slipway/release/job/step'
import { advance, startRun } from '@slipway/release/pipeline/advance'
import { controlClient } from '@slipway/sandbox/control'
import { answers, readDescription } from '@slipway/sandbox/description'
import { sandboxAccess } from '../../packages/cli/src/rehearse/services.ts'

const [artifacts, image, planFile, sandbox, recorder, entry] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
const plan = JSON.parse(await readFile(planFile, 'utf8'))
const description = JSON.parse(await readFile(recorder, 'utf8'))
await awaken()
const log = { info() {}, debug() {}, problem() {} }
const exec = async () => ({ code: 1, stdout: '', stderr: '' })
const ports = { http: fetchHttp, clock: systemClock, log, exec, env: {} }
const effort = { clock: systemClock, log, patience: { deadline: 20_000, pause: 50, tries: 4 } }
const manifest = await readManifest(artifacts)
const endpoints = endpointsOf({ SLIPWAY_SANDBOX: recorder })
const run = startRun({
  ports,
  effort,
  step: silentStep,
  site: {
    async plan(started) {
      started.plan = plan
      started.artifacts = [...(manifest?.artifacts ?? []), JSON.parse(await readFile(image, 'utf8'))]
    },
    access: async () => sandboxAccess(ports, description, endpoints, 'owner/killed'),
  },
})
const steps = run.pipeline.map((each) => each.name).filter((each) => each !== 'report')
await advance(run, steps)
process.stdout.write(JSON.stringify(run.receipts.map((each) => each.status)))

async function awaken(): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const found = await readDescription(sandbox)
    if (found && (await answers(found))) {
      // Forgotten by one that was killed; each recorder's address is of the form of the service's.
      const { cargo, pypi, testpypi, github, dockerhub, ghcr } = description
      await controlClient(found.control.url).setAddresses({
        cargo: new URL(cargo.api).origin,
        pypi: new URL(pypi.upload).origin,
        testpypi: new URL(testpypi.upload).origin,
        github: new URL(github.api).origin,
        uploads: new URL(github.uploads).origin,
        dockerhub: new URL(dockerhub.registry).origin,
        ghcr: new URL(ghcr.registry).origin,
      })
      return
    }
    if (tries === 0) spawn(process.execPath, [entry, 'sandbox', '--dir', sandbox], { stdio: 'ignore' }).unref()
    await setTimeout(25)
  }
  throw new Error('the sandbox does not answer')
}
