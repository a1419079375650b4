import type { Check } from '../check.ts'
import { compiledProblems } from './compiled.ts'
import { ignoredModuleProblems } from './ignored-modules.ts'
import { leftOutProblems } from './left-out.ts'
import { PACKAGE_MANIFEST_CHECKS } from './manifest.ts'
import { PACKAGE_METADATA_CHECKS } from './metadata.ts'
import { originProblems } from './origin.ts'
import { pythonRangeProblems } from './python-range.ts'

const builds: Check = async ({ project, folder }) => {
  const files = await folder.files()
  const published = project.packages.filter((each) => each.reason === undefined)
  const found = published.map(async (each) => [
    ...originProblems(each, files),
    ...(await compiledProblems(each, folder)),
    ...pythonRangeProblems(each),
    ...(await leftOutProblems(each, folder, files)),
    ...(await ignoredModuleProblems(each, folder, files)),
  ])
  return (await Promise.all(found)).flat()
}

/** Checks that the Python packages can be built, and that PyPI accepts them. */
export const PACKAGE_CHECKS: readonly Check[] = [builds, ...PACKAGE_MANIFEST_CHECKS, ...PACKAGE_METADATA_CHECKS]
