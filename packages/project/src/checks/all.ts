import { nothingToRelease } from '../lead.ts'
import { CHANGELOG_CHECKS } from './changelog.ts'
import type { Check } from './check.ts'
import { CONTENTS_CHECKS } from './contents.ts'
import { CRATE_SIZE_CHECKS } from './crate-size.ts'
import { CRATE_CHECKS } from './crates.ts'
import { DOCS_CHECKS } from './docs.ts'
import { IMAGE_CHECKS } from './images.ts'
import { LOCK_CHECKS } from './locks.ts'
import { NAME_CHECKS } from './names.ts'
import { NOTES_CHECKS } from './notes.ts'
import { PACKAGE_CHECKS } from './packages.ts'
import { RUST_CHECKS } from './rust.ts'
import { SOURCE_CHECKS } from './sources.ts'
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

/** Every check of a project, in the order in which problems are told. */
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
