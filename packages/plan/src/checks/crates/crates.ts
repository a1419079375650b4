import { notice } from '@slipway/core/problem'
import { onlyForOthers } from '@slipway/project/cargo/crate-use'
import type { Check } from '../check.ts'
import { CRATE_DEPENDENCY_CHECKS } from './dependencies.ts'
import { CRATE_MANIFEST_CHECKS } from './manifest.ts'
import { CRATE_METADATA_CHECKS } from './metadata.ts'

/** Of a crate that Rust programs could use as well somebody may think that it goes out; of others the plan says why not. */
const extensionCrates: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (planned?.publish !== false || crate.publish === false || crate.isForeign) return []
    if (onlyForOthers(crate, project.packages) === null) return []
    const message = `The crate ${crate.name} is not published. ${planned.reason ?? ''}`
    const hint =
      'Say `publish = false` in its Cargo.toml to make it plain, or name the crate to publish it all the same.'
    const where = crate.manifest.where('package', 'name')
    return [notice('extension-crate-not-published', message, hint, where)]
  })

/** Whether registries will take the crates. */
export const CRATE_CHECKS: readonly Check[] = [
  ...CRATE_MANIFEST_CHECKS,
  ...CRATE_DEPENDENCY_CHECKS,
  ...CRATE_METADATA_CHECKS,
  extensionCrates,
]
