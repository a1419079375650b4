import type { Check } from '../check.ts'
import { leftOutProblems } from './left-out.ts'
import { PACKAGE_MANIFEST_CHECKS } from './manifest.ts'
import { PACKAGE_METADATA_CHECKS } from './metadata.ts'
import { originProblems } from './origin.ts'
import { pythonRangeProblems } from './python-range.ts'

const builds: Check = async ({ project, folder }) => {
  const files = await folder.files()
  return project.packages
    .filter((each) => each.reason === undefined)
    .flatMap((each) => [...originProblems(each, files), ...pythonRangeProblems(each), ...leftOutProblems(each, files)])
}

/** Checks that the Python packages can be built, and that PyPI accepts them. */
export const PACKAGE_CHECKS: readonly Check[] = [builds, ...PACKAGE_MANIFEST_CHECKS, ...PACKAGE_METADATA_CHECKS]
