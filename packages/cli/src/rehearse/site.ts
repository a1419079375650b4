import { lateImages } from '@slipway/core/image-build'
import { publishedPackages } from '@slipway/core/overview'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import type { SandboxDescription } from '@slipway/core/sandbox'
import type { Run, Site } from '@slipway/release/pipeline/run'
import { tryPackages } from '@slipway/release/verify/wheel'
import type { Engine } from '@slipway/toolchain/engine/engine'
import { alreadyOut } from './already-out.ts'
import { builtArtifacts } from './built-artifacts.ts'
import { passGate } from './gate.ts'
import { imageRehearsal, imagesOf, pullBack, type WantedEngine } from './images.ts'
import { installBack } from './install-back.ts'
import { lateImageRehearsal } from './late-images.ts'
import type { Report } from './report.ts'
import { inScratch } from './scratch.ts'
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

/** Returns the local half of a rehearsal, which works in a copy of the sources. */
export function rehearsalSite(options: RehearsalSite): RehearsedSite {
  const { ports, copy, state, upstream, engine, repository, report } = options
  const { plan } = copy
  const { keep, ...artifacts } = builtArtifacts(ports, copy)
  let found: Engine | null = null
  let started: Promise<Services> | null = null
  const services = (run: Run) => {
    started ??= run.step('start local services', () => attachOrStart(state, upstream))
    return started
  }
  return {
    ...artifacts,
    async plan(run) {
      run.plan = plan
      failOnErrors(await run.step('check whether this version is published', () => alreadyOut(ports, copy, upstream)))
    },
    gate: (run) => passGate(ports, copy, run.step),
    async assemble(run) {
      await keep(run)
      const images = await run.step('find a container engine', () => imageRehearsal(ports, plan, engine))
      if ('reason' in images) {
        report.notRehearsed.unshift({ what: 'images', reason: images.reason })
        run.plan = { ...plan, images: [] }
      } else {
        found = images.engine
        const sources = { files: run.artifacts, step: run.step }
        run.artifacts = [...run.artifacts, ...(await imagesOf(found, copy, 'images', sources))]
      }
    },
    async late(run) {
      if (!found || lateImages(plan).length === 0) return
      const { description } = await services(run)
      const late = await lateImageRehearsal(found, copy, description, { files: run.artifacts, step: run.step })
      if ('reason' in late) report.notRehearsed.unshift({ what: 'images', reason: late.reason })
      else run.artifacts = [...run.artifacts, ...late.images]
    },
    async install(run) {
      if (publishedPackages(plan).length === 0) return
      const { description } = await services(run)
      const files = run.artifacts.map((each) => each.filename)
      await run.step('install from Test PyPI', () =>
        inScratch(copy.work, async (folder) => {
          await tryPackages(ports, plan, {
            folder,
            source: { index: description.testpypi.simple },
            every: false,
            files,
          })
        }),
      )
    },
    async verify(run) {
      const { description } = await services(run)
      await verifyRelease(options, run, description, found)
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

/** Installs the release back, and runs its images if an engine built any. */
async function verifyRelease(
  { ports, copy, state, repository, report }: RehearsalSite,
  run: Run,
  description: SandboxDescription,
  engine: Engine | null,
): Promise<void> {
  const { dir, work, plan } = copy
  const { installed } = report
  const files = run.artifacts.map((each) => each.filename)
  const released = { plan, description, source: dir, repository, files }
  await inScratch(work, (folder) => installBack(ports, { ...released, folder, step: run.step, installed }))
  const images = run.artifacts.filter((each) => each.kind === 'image')
  if (!engine || images.length === 0) return
  await run.step('pull the images by digest and run them', async () => {
    installed.push(...(await pullBack(engine, { plan, state, images })))
  })
}
