import { join } from 'node:path'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { SandboxDescription } from '@slipway/core/sandbox'
import type { Step } from '@slipway/release/job/step'
import { cratesIoNames } from '@slipway/release/plan/crates-io'
import { tryAssets } from '@slipway/release/verify/assets'
import { tryCrate } from '@slipway/release/verify/crate'
import type { Installed } from '@slipway/release/verify/finding'
import { tryPackages } from '@slipway/release/verify/wheel'
import { bestPython, findPythons } from '@slipway/toolchain/python'
import { findRust } from '@slipway/toolchain/rust'
import { overlayCargoHome } from './cargo-overlay.ts'

/** The release to fetch back. */
export interface InstallBack {
  plan: Plan
  description: SandboxDescription
  /** `owner/name` of the release. */
  repository: string
  /** Existing, empty working folder. */
  folder: string
  step: Step
  /** Successful installations are added here. */
  installed: Installed[]
}

/**
 * Fetches everything back with cargo, pip and sha256sum, as a user would, and tries it.
 * @param source folder of the released sources, which name the Rust toolchain
 * @throws ProblemError at the first failure
 */
export async function installBack(ports: Ports, back: InstallBack, source: string): Promise<void> {
  const { plan, description, folder, installed, step } = back
  for (const name of cratesIoNames(plan)) {
    const crate = plan.crates.find((each) => each.name === name) as Plan['crates'][number]
    await step(`build a crate that uses ${name}`, async () => {
      const env = await overlayCargoHome(ports.env, join(folder, 'cargo-home'), description.cargo.index)
      const { cargo } = await findRust(ports, source)
      installed.push(await tryCrate(ports, crate, { cargo, folder: join(folder, `consumer-${name}`), env }))
    })
  }
  if (publishedPackages(plan).length > 0) {
    await step('install the wheels from PyPI, on each Python', async () => {
      const from = { folder, source: { index: description.pypi.simple }, every: true }
      installed.push(...(await tryPackages(ports, plan, from)))
    })
  }
  await step('download the release and verify its checksums', async () => {
    const python = bestPython(await findPythons(ports)).path
    const at = { api: description.github.api, repository: back.repository, python, folder: join(folder, 'assets') }
    installed.push(await tryAssets(ports, plan, at))
  })
}
