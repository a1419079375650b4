import { createHash } from 'node:crypto'
import type { PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, warning } from '@slipway/core/problem'
import { acceptedByPyPI } from './platform-tags.ts'
import type { Wheel } from './wheel.ts'

/** A wheel to check: its file name, what is in it, and the package of the plan that it is a wheel of. */
export interface CheckedWheel {
  name: string
  wheel: Wheel
  planned: PlannedPackage | null
}

/** Looks at one thing of a wheel. Gives what is wrong with it. */
export type WheelCheck = (checked: CheckedWheel) => Problem[]

const BUILD_AGAIN = 'Build it again with an up-to-date backend, and do not edit it afterwards.'

const platformTags: WheelCheck = ({ name, wheel }) =>
  wheel.filename.platformTags
    .filter((tag) => !acceptedByPyPI(tag))
    .map((tag) =>
      error(
        'platform-tag-refused',
        `${name} is tagged ${tag}, which PyPI refuses.`,
        tag.startsWith('linux_')
          ? 'Build it for manylinux or musllinux: with maturin, `--zig --compatibility manylinux_2_17`, say.'
          : 'Build it for a platform tag that PyPI knows: on macOS, 10.x, or 11 and later with minor version 0.',
      ),
    )

const duplicateEntries: WheelCheck = ({ name, wheel }) =>
  wheel.duplicates.map((path) =>
    error('wheel-duplicate-entry', `${name} holds ${path} more than once, which PyPI refuses.`, BUILD_AGAIN),
  )

/** Signatures of RECORD, which RECORD cannot list with a hash ("The .dist-info directory", binary distribution format). */
const UNHASHED = ['RECORD', 'RECORD.jws', 'RECORD.p7s']

const record: WheelCheck = ({ name, wheel }) => {
  const unhashed = new Set(UNHASHED.map((each) => `${wheel.distInfo}/${each}`))
  const listed = new Map(wheel.record.map((each) => [each.path, each.hash]))
  const faults: string[] = []
  for (const [path, bytes] of wheel.files) {
    if (unhashed.has(path)) continue
    const [algorithm = '', expected] = listed.get(path)?.split('=') ?? []
    if (!listed.has(path)) faults.push(`${path} is not listed`)
    else if (!/^sha(256|384|512)$/.test(algorithm)) faults.push(`${path} is listed without a hash`)
    else if (createHash(algorithm).update(bytes).digest('base64url') !== expected) faults.push(`${path} differs`)
  }
  for (const path of listed.keys()) if (!wheel.files.has(path)) faults.push(`${path} is listed but not there`)
  if (faults.length === 0) return []
  const message = `${name} does not hold what its RECORD says (${faults.join(', ')}): installers refuse it.`
  return [error('wheel-record-differs', message, BUILD_AGAIN)]
}

const tags: WheelCheck = ({ name, wheel }) => {
  const [named, claimed] = [wheel.filename.tags, wheel.wheelTags].map((each) => [...new Set(each)].sort().join(', '))
  if (named === claimed) return []
  const message = `${name} is named for ${named}, but its WHEEL file says ${claimed || 'nothing'}: installers may refuse it.`
  return [error('wheel-tags-differ', message, `${BUILD_AGAIN} To change tags, use \`wheel tags\`, not a rename.`)]
}

const licenseFiles: WheelCheck = ({ name, wheel }) =>
  wheel.metadata
    .all('License-File')
    .filter((file) => !wheel.files.has(`${wheel.distInfo}/licenses/${file}`))
    // Before metadata 2.4 (PEP 639) the field was setuptools' own, and the files lay elsewhere.
    .filter(() => Number(wheel.metadata.get('Metadata-Version')?.split('.')[1]) >= 4)
    .map((file) =>
      error(
        'license-file-missing',
        `${name} names the license file ${file}, but has no ${wheel.distInfo}/licenses/${file}: PyPI refuses it.`,
        'Let `license-files` in pyproject.toml name files that exist in the folder of pyproject.toml.',
      ),
    )

/** Whether code can be imported under a name, `acme.demo` in a namespace, from what a wheel installs. */
function canImport(paths: readonly string[], name: string): boolean {
  const at = name.replaceAll('.', '/')
  return paths.some((path) => {
    const isModule = path.startsWith(`${at}.`) && !path.slice(at.length).includes('/')
    return /\.(py|so|pyd)$/.test(path) && (isModule || path.startsWith(`${at}/`))
  })
}

const modules: WheelCheck = ({ name, wheel, planned }) => {
  // What lies in `{distribution}-{version}.data/purelib` or `platlib` is installed at the top.
  const paths = [...wheel.files.keys()].map((path) => path.replace(/^[^/]+\.data\/(purelib|platlib)\//, ''))
  return (planned?.imports ?? [])
    .filter((each) => !canImport(paths, each))
    .map((each) =>
      error(
        'wheel-lacks-module',
        `${name} has no module ${each} at its top, so \`import ${each}\` fails once it is installed.`,
        'With maturin, put its folder under `python-source` and name it in `python-packages` of [tool.maturin].',
      ),
    )
}

const abi3: WheelCheck = ({ name, wheel, planned }) => {
  if (!planned?.abi3 || wheel.filename.abiTags.includes('abi3')) return []
  const message = `${name} is for one version of Python only, though the crate asks PyO3 for abi3: others get no wheel.`
  return [warning('wheel-not-abi3', message, 'Build it with the features of pyproject.toml, for CPython with the GIL.')]
}

/** Every check of a wheel, in the order in which problems are told. */
export const WHEEL_CHECKS: readonly WheelCheck[] = [
  platformTags,
  duplicateEntries,
  record,
  tags,
  licenseFiles,
  modules,
  abi3,
]
