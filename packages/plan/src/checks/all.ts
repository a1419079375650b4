import { nothingToRelease } from '../no-project.ts'
import { CHANGELOG_CHECKS } from './changelog/changelog.ts'
import { NOTES_CHECKS } from './changelog/release-notes.ts'
import type { Check } from './check.ts'
import { CONTENTS_CHECKS } from './crates/contents.ts'
import { CRATE_CHECKS } from './crates/crates.ts'
import { LOCK_CHECKS } from './crates/locks.ts'
import { RUST_CHECKS } from './crates/rust-version.ts'
import { CRATE_SIZE_CHECKS } from './crates/size.ts'
import { DOCS_CHECKS } from './docs/install-names.ts'
import { NAME_CHECKS } from './duplicate-names.ts'
import { IMAGE_CHECKS } from './images.ts'
import { SOURCE_CHECKS } from './leftovers.ts'
import { PACKAGE_CHECKS } from './packages/packages.ts'
import { TAG_CHECKS } from './tag.ts'
import { VERSION_CHECKS } from './versions.ts'
import { WORKFLOW_CHECKS } from './workflows/workflows.ts'

const nothingReleasable: Check = ({ project, crates }) => {
  const isReleased =
    project.packages.some((each) => each.reason === undefined) ||
    project.images.length > 0 ||
    crates.some((each) => each.publish !== false)
  return isReleased ? [] : [nothingToRelease({ ...project, crates })]
}

/** All checks of a project, in the order in which their problems are reported. */
export const CHECKS: readonly Check[] = [
  nothingReleasable,
  ...TAG_CHECKS,
  ...VERSION_CHECKS,
  ...NAME_CHECKS,
  ...LOCK_CHECKS,
  ...CRATE_CHECKS,
  ...CONTENTS_CHECKS,
  ...CRATE_SIZE_CHECKS,
  ...RUST_CHECKS,
  ...PACKAGE_CHECKS,
  ...IMAGE_CHECKS,
  ...WORKFLOW_CHECKS,
  ...DOCS_CHECKS,
  ...SOURCE_CHECKS,
  ...CHANGELOG_CHECKS,
  ...NOTES_CHECKS,
]
