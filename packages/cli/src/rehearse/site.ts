import { mkdir, mkdtemp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { manifestOf } from '@slipway/core/artifact'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { releaseAssets } from '@slipway/release/assets'
import { buildCrates, buildPackages } from '@slipway/release/build'
import type { Run, Site } from '@slipway/release/pipeline/run'
import { tryPackages } from '@slipway/release/verify/wheel'
import type { Engine } from '@slipway/toolchain/engine/engine'
import { alreadyOut } from './already-out.ts'
import { targetDir } from './build-folder.ts'
import { passGate } from './gate.ts'
import { imageRehearsal, imagesOf, pullBack, type WantedEngine } from './images.ts'
import { installBack } from './install-back.ts'
import { inTurn } from './lock.ts'
import type { Report } from './report.ts'
import { inScratch, SCRATCH } from './scratch.ts'
import { attachOrStart, endpointsIn, type Services, sandboxAccess } from './services.ts'
import type { SourceCopy } from './source-copy.ts'

/** The parts of a rehearsal's site. Folders are absolute. */
export interface RehearsalSite {
  ports: Ports
  copy: SourceCopy
  /** Folder of the services' state. */
  state: string
  /** The index under the sandbox's cargo registry. */
  upstream: string
  engine: WantedEngine
  /** `owner/name` of the repository. */
  repository: string
  report: Report
}

/** A site with the services that its release publishes to. */
export interface RehearsedSite extends Site {
  services(): Promise<Services>
  close(): Promise<void>
}

/** Folder of the artifacts in the work folder of a copy; it exists once it is complete. */
const ARTIFACTS = 'artifacts'

/**
 * Returns the local half of a rehearsal. It works in a copy of the sources and reuses what an earlier rehearsal of the
 * same commit built. The manifest is written last and moved into place with all files, so a killed run leaves none
 * behind.
 */
export function rehearsalSite({
  ports,
  copy,
  state,
  upstream,
  engine,
  repository,
  report,
}: RehearsalSite): RehearsedSite {
  const { dir, work, plan, epoch } = copy
  let isReused = false
  let out = ''
  let found: Engine | null = null
  let started: Promise<Services> | null = null
  const services = (run: Run) => {
    started ??= run.step('start local services', () => attachOrStart(state, upstream))
    return started
  }
  return {
    async plan(run) {
      run.plan = plan
      failOnErrors(await run.step('check whether this version is published', () => alreadyOut(ports, copy, upstream)))
    },
    gate: (run) => passGate(ports, copy, run.step),
    async build(run) {
      const manifest = await readManifest(join(work, ARTIFACTS))
      if (manifest) {
        isReused = true
        run.artifacts = await run.step('reuse the artifacts built before', async () => manifest.artifacts)
        return
      }
      out = await mkdtemp(join(work, SCRATCH))
      const options = { dir, plan, out, targetDir: targetDir(ports, plan), sourceDateEpoch: epoch }
      await mkdir(options.targetDir, { recursive: true })
      // maturin moves cargo's output there, which would break a concurrent build.
      run.artifacts = await inTurn(ports, options.targetDir, async () => {
        const packages = await run.step('build wheels and sdists', () => {
          return buildPackages(ports, { ...options, compatibility: 'manylinux_2_17', zig: true })
        })
        return [...(await run.step('package crates', () => buildCrates(ports, options))), ...packages]
      })
    },
    async inspect(run) {
      if (isReused) return
      await run.step('inspect', async () => failOnErrors(await inspectArtifacts(run.artifacts, plan), ports.log))
    },
    async try(run) {
      if (isReused) return
      const wheels = run.artifacts.filter((each) => each.kind === 'wheel')
      const file = (name: string) => wheels.find((each) => each.project === name)?.path ?? ''
      await run.step('smoke test: install the wheels and import', () =>
        inScratch(work, async (folder) => {
          await tryPackages(ports, plan, { folder, source: { file }, every: false })
        }),
      )
    },
    async assemble(run) {
      if (!isReused) {
        const artifacts = await releaseAssets(plan, run.artifacts, out)
        await writeManifest(out, manifestOf(plan, artifacts))
        await rename(out, join(work, ARTIFACTS))
        run.artifacts = (await readManifest(join(work, ARTIFACTS)))?.artifacts ?? []
      }
      const images = await run.step('find a container engine', () => imageRehearsal(ports, plan, engine))
      if ('reason' in images) report.notRehearsed.unshift({ what: 'images', reason: images.reason })
      else {
        found = images.engine
        run.artifacts = [...run.artifacts, ...(await imagesOf(images.engine, copy, run.artifacts, run.step))]
      }
    },
    async install(run) {
      const { description } = await services(run)
      await run.step('install from Test PyPI', () =>
        inScratch(work, async (folder) => {
          await tryPackages(ports, plan, { folder, source: { index: description.testpypi.simple }, every: false })
        }),
      )
    },
    async verify(run) {
      const { description } = await services(run)
      const { installed } = report
      await inScratch(work, (folder) => {
        return installBack(ports, { plan, description, repository, folder, step: run.step, installed }, dir)
      })
      const images = run.artifacts.filter((each) => each.kind === 'image')
      const by = found
      if (!by || images.length === 0) return
      await run.step('pull the images by digest and run them', async () => {
        installed.push(...(await pullBack(by, { plan, state, images })))
      })
    },
    async access(run) {
      const { description } = await services(run)
      return sandboxAccess(ports, description, endpointsIn(state), repository)
    },
    services: () => started as Promise<Services>,
    async close() {
      await (await started?.catch(() => null))?.close()
    },
  }
}
