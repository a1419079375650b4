import type { PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, warning } from '@slipway/core/problem'
import { acceptedByPyPI } from './platform-tags.ts'
import type { Wheel } from './wheel.ts'

/** A wheel to check: its file name, its contents, and its package in the plan. */
export interface CheckedWheel {
  name: string
  wheel: Wheel
  planned: PlannedPackage | null
}

/** Checks one aspect of a wheel and returns the problems. */
export type WheelCheck = (checked: CheckedWheel) => Problem[]

const BUILD_AGAIN = 'Build it again with an up-to-date backend, and do not edit it afterwards.'

const platformTags: WheelCheck = ({ name, wheel }) =>
  wheel.filename.platformTags
    .filter((tag) => !acceptedByPyPI(tag))
    .map((tag) =>
      error(
        'platform-tag-refused',
        `PyPI refuses ${name}, which is tagged \`${tag}\`.`,
        tag.startsWith('linux_')
          ? 'Build it for manylinux or musllinux, for example with `maturin build --zig --compatibility manylinux_2_17`.'
          : 'Build it for a platform tag that PyPI knows: on macOS, 10.x, or 11 and later with minor version 0.',
      ),
    )

const duplicateEntries: WheelCheck = ({ name, wheel }) =>
  wheel.duplicates.map((path) =>
    error('wheel-duplicate-entry', `${name} contains ${path} more than once, so PyPI refuses it.`, BUILD_AGAIN),
  )

/** Signatures of RECORD, which RECORD cannot list with a hash ("The .dist-info directory", binary distribution format). */
const UNHASHED = ['RECORD', 'RECORD.jws', 'RECORD.p7s']

const record: WheelCheck = ({ name, wheel }) => {
  const unhashed = new Set(UNHASHED.map((each) => `${wheel.distInfo}/${each}`))
  const listed = new Map(wheel.record.map((each) => [each.path, each.hash]))
  const faults: string[] = []
  for (const [path, { digest }] of wheel.files) {
    if (unhashed.has(path)) continue
    if (!listed.has(path)) faults.push(`${path} is not listed`)
    else if (digest === null) faults.push(`${path} is listed without a hash`)
    else if (digest !== listed.get(path)?.split('=')[1]) faults.push(`${path} differs`)
  }
  for (const path of listed.keys()) if (!wheel.files.has(path)) faults.push(`${path} is listed but missing`)
  if (faults.length === 0) return []
  const message = `${name} differs from its RECORD (${faults.join(', ')}), so installers refuse it.`
  return [error('wheel-record-differs', message, BUILD_AGAIN)]
}

const tags: WheelCheck = ({ name, wheel }) => {
  const [named, claimed] = [wheel.filename.tags, wheel.wheelTags].map((each) => [...new Set(each)].sort().join(', '))
  if (named === claimed) return []
  const message = `${name} is named for ${named}, but its WHEEL file says ${claimed || 'nothing'}, so installers may refuse it.`
  return [error('wheel-tags-differ', message, `${BUILD_AGAIN} Change tags with \`wheel tags\`, not by renaming.`)]
}

const licenseFiles: WheelCheck = ({ name, wheel }) =>
  wheel.metadata
    .all('License-File')
    .filter((file) => !wheel.files.has(`${wheel.distInfo}/licenses/${file}`))
    // Before metadata 2.4 (PEP 639) the field was an extension of setuptools, with the files in another folder.
    .filter(() => Number(wheel.metadata.get('Metadata-Version')?.split('.')[1]) >= 4)
    .map((file) =>
      error(
        'license-file-missing',
        `${name} names the license file ${file} but has no ${wheel.distInfo}/licenses/${file}, so PyPI refuses it.`,
        'Name only files next to pyproject.toml in its `license-files`.',
      ),
    )

/** Whether the installed paths of a wheel contain code for an import; `acme.demo` may be in a namespace. */
function canImport(paths: readonly string[], name: string): boolean {
  const at = name.replaceAll('.', '/')
  return paths.some((path) => {
    const isModule = path.startsWith(`${at}.`) && !path.slice(at.length).includes('/')
    return /\.(py|so|pyd)$/.test(path) && (isModule || path.startsWith(`${at}/`))
  })
}

const modules: WheelCheck = ({ name, wheel, planned }) => {
  // Files in `{distribution}-{version}.data/purelib` or `platlib` are installed at the top.
  const paths = [...wheel.files.keys()].map((path) => path.replace(/^[^/]+\.data\/(purelib|platlib)\//, ''))
  return (planned?.imports ?? [])
    .filter((each) => !canImport(paths, each))
    .map((each) =>
      error(
        'wheel-lacks-module',
        `${name} has no module \`${each}\` at its top, so \`import ${each}\` fails after installation.`,
        'With maturin, put its folder under `python-source` and list it in `python-packages` of [tool.maturin].',
      ),
    )
}

const abi3: WheelCheck = ({ name, wheel, planned }) => {
  if (!planned?.abi3 || wheel.filename.abiTags.includes('abi3')) return []
  const message = `${name} is for one version of Python, although the crate enables abi3 of PyO3, so other versions get no wheel.`
  return [warning('wheel-not-abi3', message, 'Build it with the features of pyproject.toml, for CPython with the GIL.')]
}

/** Every check of a wheel, in the order of reporting. */
export const WHEEL_CHECKS: readonly WheelCheck[] = [
  platformTags,
  duplicateEntries,
  record,
  tags,
  licenseFiles,
  modules,
  abi3,
]
