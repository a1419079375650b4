import { join } from 'node:path'
import { publishedPackages } from '@slipway/core/overview'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import type { SandboxDescription } from '@slipway/core/sandbox'
import { sideBySide } from '@slipway/core/side-by-side'
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
  /** Folder of the released sources, which name the Rust toolchain. */
  source: string
  /** `owner/name` of the release. */
  repository: string
  /** Names of the released files: a wheel of pure Python is tried on each Python, one for a single Python on that. */
  files: readonly string[]
  /** Existing, empty working folder. */
  folder: string
  step: Step
  /** Successful installations are added here. */
  installed: Installed[]
}

/** Adds what was installed to a list. */
type Install = (ports: Ports, back: InstallBack, installed: Installed[]) => Promise<void>

/**
 * Fetches everything back with cargo, pip and sha256sum, as a user would, and tries it.
 * @throws ProblemError when something cannot be fetched or does not work
 */
export async function installBack(ports: Ports, back: InstallBack): Promise<void> {
  const work = [useCrates, installWheels, downloadAssets].map((install: Install) => ({ install, installed: [] }))
  try {
    await sideBySide(
      work.map(
        ({ install, installed }) =>
          () =>
            install(ports, back, installed),
      ),
    )
  } finally {
    back.installed.push(...work.flatMap((each) => each.installed))
  }
}

const useCrates: Install = async (ports, { plan, description, source, folder, step }, installed) => {
  for (const name of cratesIoNames(plan)) {
    const crate = plan.crates.find((each) => each.name === name) as Plan['crates'][number]
    await step(`build a crate that uses ${name}`, async () => {
      const home = await overlayCargoHome(ports.env, join(folder, 'cargo-home'), description.cargo.index)
      const { cargo } = await findRust(ports, source)
      // The crates mostly have dependencies in common.
      const env = { ...home, CARGO_TARGET_DIR: join(folder, 'target') }
      installed.push(await tryCrate(ports, crate, { cargo, folder: join(folder, `consumer-${name}`), env }))
    })
  }
}

const installWheels: Install = async (ports, { plan, description, files, folder, step }, installed) => {
  if (publishedPackages(plan).length === 0) return
  await step('install the wheels from PyPI, on each Python', async () => {
    const from = { folder, source: { index: description.pypi.simple }, every: true, files }
    installed.push(...(await tryPackages(ports, plan, from)))
  })
}

const downloadAssets: Install = async (ports, { plan, description, repository, folder, step }, installed) => {
  await step('download the release and verify its checksums', async () => {
    const python = bestPython(await findPythons(ports)).path
    const at = { api: description.github.api, repository, python, folder: join(folder, 'assets') }
    installed.push(await tryAssets(ports, plan, at))
  })
}
