import { mkdir, mkdtemp, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { inspectArtifacts } from '@slipway/artifacts/inspect'
import { readManifest, writeManifest } from '@slipway/artifacts/manifest'
import { type Artifact, manifestOf } from '@slipway/core/artifact'
import { builtPackages, publishedPackages } from '@slipway/core/overview'
import type { Ports } from '@slipway/core/ports'
import { failOnErrors } from '@slipway/core/problem'
import { sideBySide } from '@slipway/core/side-by-side'
import { buildCrates, buildPackages } from '@slipway/release/build/build'
import { copyTo, eachOnce } from '@slipway/release/handover/builds'
import type { Run, Site } from '@slipway/release/pipeline/run'
import { cratesIoNames } from '@slipway/release/plan/crates-io'
import { releaseAssets } from '@slipway/release/publish/assets'
import { executeWheels, neverExecuted, unexecuted } from '@slipway/release/verify/execute-wheels'
import { trySdists } from '@slipway/release/verify/try-sdists'
import { targetDir } from './build-folder.ts'
import { inTurn } from './lock.ts'
import { inScratch, SCRATCH } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/** Folder of the artifacts in the work folder of a copy; it exists once it is complete. */
const ARTIFACTS = 'artifacts'

/** The steps of a site that build and check artifacts. */
export interface BuiltArtifacts extends Required<Pick<Site, 'build' | 'inspect' | 'try'>> {
  /** Keeps the artifacts, with the release's assets, for the next rehearsal of the same commit. */
  keep(run: Run): Promise<void>
}

/**
 * Returns the steps that build a copy's artifacts, or reuse those of an earlier rehearsal of the same commit. The
 * manifest is written last and moved into place with all files, so a killed run leaves none behind.
 */
export function builtArtifacts(ports: Ports, copy: SourceCopy): BuiltArtifacts {
  const { work, plan } = copy
  let isReused = false
  let out = ''
  return {
    async build(run) {
      const manifest = await readManifest(join(work, ARTIFACTS))
      if (manifest) {
        isReused = true
        run.artifacts = await run.step('reuse the artifacts of an earlier build', async () => manifest.artifacts)
        return
      }
      out = await mkdtemp(join(work, SCRATCH))
      run.artifacts = await buildAll(ports, copy, run, out)
    },
    async inspect(run) {
      if (isReused) return
      await run.step('inspect the artifacts', async () =>
        failOnErrors(await inspectArtifacts(run.artifacts, plan), ports.log),
      )
    },
    async try(run) {
      if (isReused || publishedPackages(plan).length === 0) return
      await run.step('smoke test: install and import the wheels', () =>
        inScratch(work, async (folder) => {
          const how = { folder, pythons: 'lowest', test: { project: copy.dir } } as const
          run.artifacts = await executeWheels(ports, plan, run.artifacts, how)
          await trySdists(ports, plan, run.artifacts, folder)
          // Files that another job built may be for other platforms too.
          failOnErrors(unexecuted(neverExecuted(run.artifacts)))
        }),
      )
    },
    async keep(run) {
      if (isReused) return
      const artifacts = await releaseAssets(plan, run.artifacts, out)
      await writeManifest(out, manifestOf(plan, artifacts))
      await rename(out, join(work, ARTIFACTS))
      run.artifacts = (await readManifest(join(work, ARTIFACTS)))?.artifacts ?? []
    },
  }
}

async function buildAll(ports: Ports, copy: SourceCopy, run: Run, out: string): Promise<Artifact[]> {
  const { dir, plan, epoch, prebuilt } = copy
  const options = { dir, plan, out, targetDir: targetDir(ports, plan), sourceDateEpoch: epoch }
  await mkdir(options.targetDir, { recursive: true })
  // maturin moves cargo's output there, which would break a concurrent build.
  return inTurn(ports, options.targetDir, async () => {
    const [packages = [], crates = []] = await sideBySide([
      async () => {
        if (builtPackages(plan).length === 0) return []
        const build = () => buildPackages(ports, { ...options, zig: true })
        return run.step('build wheels and sdists', build)
      },
      async () => {
        if (cratesIoNames(plan).length === 0) return []
        return run.step('package crates', () => buildCrates(ports, options))
      },
    ])
    const all = eachOnce([...packages, ...prebuilt.map((each) => each.artifact)])
    return [...crates, ...(await Promise.all(all.map((each) => copyTo(each, out))))]
  })
}
