import { error, notice } from '@slipway/core/problem'
import { isExtensionModule } from '../publishing.ts'
import type { Check } from './check.ts'

const pathDependencies: Check = ({ project, crates }) =>
  project.crates
    .filter((crate) => crates.some((each) => each.path === crate.path && each.publish !== false))
    .flatMap((crate) =>
      crate.dependencies
        // cargo strips dev-dependencies that have only a path.
        .filter((each) => each.path !== undefined && each.version === undefined && each.kind !== 'dev')
        .map((each) => {
          const message = `${crate.name} depends on ${each.name} by path only, so it cannot be published.`
          const hint = `Add a version to it: ${each.alias} = { path = "…", version = "…" }.`
          return error('path-dependency-without-version', message, hint, each.where)
        }),
    )

/** What crates.io asks of a crate (cargo reference, "Publishing on crates.io"), besides its name and version. */
const REQUIRED = [
  ['description', ['description']],
  ['license', ['license', 'license-file']],
] as const

const crateMetadata: Check = ({ project, crates }) =>
  project.crates
    .filter((crate) => crates.some((each) => each.path === crate.path && each.publish === true))
    .flatMap(({ name, manifest }) =>
      REQUIRED.filter(([, keys]) => keys.every((key) => manifest.get('package', key) === undefined)).map(([what]) => {
        const message = `The crate ${name} has no ${what}, without which crates.io refuses it.`
        const where = manifest.where('package', 'name')
        return error('crate-metadata-missing', message, `Add \`${what}\` to its [package].`, where)
      }),
    )

const extensionCrates: Check = ({ project, crates }) =>
  project.crates.flatMap((crate) => {
    const planned = crates.find((each) => each.path === crate.path)
    if (planned?.publish !== false || crate.publish === false || !isExtensionModule(crate, project.packages)) return []
    const message = `The crate ${crate.name} is not published. ${planned.reason ?? ''}`
    const hint =
      'Say `publish = false` in its Cargo.toml to make it plain, or name the crate to publish it all the same.'
    const where = crate.manifest.where('package', 'name')
    return [notice('extension-crate-not-published', message, hint, where)]
  })

/** Whether crates.io will take the crates. */
export const CRATE_CHECKS: readonly Check[] = [pathDependencies, crateMetadata, extensionCrates]
