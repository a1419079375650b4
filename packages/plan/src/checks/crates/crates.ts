import { notice } from '@slipway/core/problem'
import { whyNotForRust } from '@slipway/project/cargo/crate-use'
import type { Check } from '../check.ts'
import { CRATE_DEPENDENCY_CHECKS } from './dependencies.ts'
import { CRATE_MANIFEST_CHECKS } from './manifest.ts'
import { CRATE_METADATA_CHECKS } from './metadata.ts'

/** Reports unpublished crates that Rust programs could use; for others, the plan's reason is enough. */
const extensionCrates: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (planned?.publish !== false || crate.publish === false || crate.isForeign) return []
    if (whyNotForRust(crate, project.packages) === null) return []
    const message = `The crate ${crate.name} is not published. ${planned.reason ?? ''}`
    const hint = 'Set `publish = false` in its Cargo.toml to confirm, or name the crate to publish it.'
    const where = crate.manifest.where('package', 'name')
    return [notice('extension-crate-not-published', message, hint, where)]
  })

/** Checks that registries will accept the crates. */
export const CRATE_CHECKS: readonly Check[] = [
  ...CRATE_MANIFEST_CHECKS,
  ...CRATE_DEPENDENCY_CHECKS,
  ...CRATE_METADATA_CHECKS,
  extensionCrates,
]
