import { error, type Problem } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import type { Crate } from '@slipway/project/cargo/crate'
import { fieldOf, fileIn } from '@slipway/project/cargo/field'
import { CRATES_IO_MAX_DESCRIPTION_BYTES, CRATES_IO_MAX_KEYWORDS } from '../../limits.ts'
import { type Check, publishedCrates, type Subject } from '../check.ts'
import { licenseFault } from '../spdx-expression.ts'

/** The crates that go to crates.io. */
function forCratesIo({ project, crates }: Subject): Crate[] {
  return project.crates.filter((crate) => crates.some((each) => each.path === crate.path && each.publish === true))
}

/** What crates.io asks of a crate (cargo reference, "Publishing on crates.io"), besides its name and version. */
const REQUIRED = [
  ['description', ['description']],
  ['license', ['license', 'license-file']],
] as const

const required: Check = (subject) =>
  forCratesIo(subject).flatMap(({ name, manifest }) =>
    REQUIRED.filter(([, keys]) => keys.every((key) => manifest.get('package', key) === undefined)).map(([what]) => {
      const message = `The crate ${name} has no ${what}, without which crates.io refuses it.`
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
      const message = `${JSON.stringify(name)} is no name that crates.io takes.`
      const hint = 'Use a letter first, then letters, digits, `-` and `_`, 64 at most.'
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
      const message = `The crate ${crate.name} has ${all.length} ${key}, and crates.io refuses more than ${CRATES_IO_MAX_KEYWORDS}.`
      problems.push(
        error(
          `crate-${key}-refused`,
          message,
          `Keep the ${CRATES_IO_MAX_KEYWORDS} that tell most.`,
          where(CRATES_IO_MAX_KEYWORDS),
        ),
      )
    }
    if (key !== 'keywords') return problems
    for (const [index, word] of all.slice(0, CRATES_IO_MAX_KEYWORDS).entries()) {
      if (typeof word !== 'string' || KEYWORD.test(word)) continue
      const message = `${JSON.stringify(word)} is no keyword that crates.io takes, so it refuses the crate ${crate.name}.`
      const hint = 'Use one word of 20 characters at most: a letter or digit of ASCII, then these, `-`, `_` and `+`.'
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
    const message = `The description of the crate ${crate.name} has ${length} bytes, and crates.io refuses more than ${CRATES_IO_MAX_DESCRIPTION_BYTES}.`
    const hint = 'Say in one sentence what it is; the README has room for the rest.'
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
    const message = `The ${key} of the crate ${crate.name}, ${file}, does not exist: cargo refuses to package it.`
    problems.push(error('crate-file-missing', message, `Add the file, or correct \`${key}\`.`, field.where()))
  }
  return problems
}

/** For every registry: it is cargo that refuses. */
const files: Check = async (subject) =>
  (await Promise.all(publishedCrates(subject).map((each) => missingFiles(each, subject.folder)))).flat()

/** Whether crates.io, and cargo before it, will take what the crates say of themselves. */
export const CRATE_METADATA_CHECKS: readonly Check[] = [required, names, refused, files]
