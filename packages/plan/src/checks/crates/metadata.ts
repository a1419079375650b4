import { error, type Problem } from '@slipway/core/problem'
import { licenseFault } from '@slipway/core/spdx-expression'
import type { Folder } from '@slipway/documents/folder'
import type { Crate } from '@slipway/project/cargo/crate'
import { fieldOf, fileIn } from '@slipway/project/cargo/field'
import { CRATES_IO_MAX_DESCRIPTION_BYTES, CRATES_IO_MAX_KEYWORDS } from '../../limits.ts'
import { type Check, publishedCrates, type Subject } from '../check.ts'

/** Returns the crates that are published to crates.io. */
function forCratesIo({ project, crates }: Subject): Crate[] {
  return project.crates.filter((crate) => crates.some((each) => each.path === crate.path && each.publish === true))
}

/** Fields that crates.io requires in addition to name and version (cargo reference, "Publishing on crates.io"). */
const REQUIRED = [
  ['description', ['description']],
  ['license', ['license', 'license-file']],
] as const

const required: Check = (subject) =>
  forCratesIo(subject).flatMap(({ name, manifest }) =>
    REQUIRED.filter(([, keys]) => keys.every((key) => manifest.get('package', key) === undefined)).map(([what]) => {
      const message = `crates.io refuses the crate ${name}: it has no ${what}.`
      const where = manifest.where('package', 'name')
      return error('crate-metadata-missing', message, `Add \`${what}\` to its [package].`, where)
    }),
  )

/** crates.io, `Crate::validate_crate_name` and the columns of its database. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

const names: Check = (subject) =>
  forCratesIo(subject)
    .filter(({ name }) => !NAME.test(name))
    .map(({ name, manifest }) => {
      const message = `crates.io refuses the crate name ${JSON.stringify(name)}.`
      const hint = 'Start with a letter, then use letters, digits, `-` and `_`: at most 64 characters.'
      return error('crate-name-invalid', message, hint, manifest.where('package', 'name'))
    })

/** crates.io, `Keyword::valid_name`. */
const KEYWORD = /^[A-Za-z0-9][A-Za-z0-9_+-]{0,19}$/

function words(crate: Crate): Problem[] {
  return ['keywords', 'categories'].flatMap((key) => {
    const { value, where } = fieldOf(crate, key)
    const all = Array.isArray(value) ? value : []
    const problems: Problem[] = []
    if (all.length > CRATES_IO_MAX_KEYWORDS) {
      const message = `crates.io refuses the crate ${crate.name}: it has ${all.length} ${key}, and ${CRATES_IO_MAX_KEYWORDS} are allowed.`
      problems.push(
        error(
          `crate-${key}-refused`,
          message,
          `Keep the ${CRATES_IO_MAX_KEYWORDS} most important ones.`,
          where(CRATES_IO_MAX_KEYWORDS),
        ),
      )
    }
    if (key !== 'keywords') return problems
    for (const [index, word] of all.slice(0, CRATES_IO_MAX_KEYWORDS).entries()) {
      if (typeof word !== 'string' || KEYWORD.test(word)) continue
      const message = `crates.io refuses the crate ${crate.name}: ${JSON.stringify(word)} is not a valid keyword.`
      const hint =
        'Start with an ASCII letter or digit, then use letters, digits, `-`, `_` and `+`: at most 20 characters.'
      problems.push(error('crate-keywords-refused', message, hint, where(index)))
    }
    return problems
  })
}

async function texts(crate: Crate): Promise<Problem[]> {
  const problems: Problem[] = []
  const description = fieldOf(crate, 'description')
  const length = typeof description.value === 'string' ? Buffer.byteLength(description.value) : 0
  if (length > CRATES_IO_MAX_DESCRIPTION_BYTES) {
    const message = `crates.io refuses the crate ${crate.name}: its description has ${length} bytes, and ${CRATES_IO_MAX_DESCRIPTION_BYTES} are allowed.`
    const hint = 'Describe it in one sentence, and move the rest to the README.'
    problems.push(error('crate-description-too-long', message, hint, description.where()))
  }
  const license = fieldOf(crate, 'license')
  const fault = typeof license.value === 'string' ? await licenseFault(license.value, 'crates.io') : null
  if (fault !== null) {
    const message = `crates.io refuses the license ${JSON.stringify(license.value)} of the crate ${crate.name}. ${fault}`
    const hint =
      'Join SPDX identifiers with OR and AND, as in "MIT OR Apache-2.0"; for a license text of your own, set `license-file`.'
    problems.push(error('license-expression-invalid', message, hint, license.where()))
  }
  return problems
}

const refused: Check = async (subject) => {
  const found = forCratesIo(subject).map(async (crate) => [...words(crate), ...(await texts(crate))])
  return (await Promise.all(found)).flat()
}

async function missingFiles(crate: Crate, folder: Folder): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const key of ['readme', 'license-file']) {
    const field = fieldOf(crate, key)
    const file = fileIn(field)
    if (file === null || (await folder.has(file))) continue
    const message = `cargo refuses to package the crate ${crate.name}: its ${key} ${file} does not exist.`
    problems.push(error('crate-file-missing', message, `Add the file, or correct \`${key}\`.`, field.where()))
  }
  return problems
}

/** Applies to every registry, since cargo refuses. */
const files: Check = async (subject) =>
  (await Promise.all(publishedCrates(subject).map((each) => missingFiles(each, subject.folder)))).flat()

/** Checks that cargo and crates.io will accept the metadata of the crates. */
export const CRATE_METADATA_CHECKS: readonly Check[] = [required, names, refused, files]
