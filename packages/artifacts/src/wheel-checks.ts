import { few } from '@slipway/core/counted'
import type { PlannedPackage } from '@slipway/core/plan'
import { error, type Problem, warning } from '@slipway/core/problem'
import { entryPointFaults } from '@slipway/core/python/entry-points'
import { interpreterName, interpretersOf, loadsAbi3 } from '@slipway/core/python/interpreter'
import { isAtLeast } from '@slipway/core/python/metadata/fields'
import { textOf } from './archive.ts'
import { BINARY_CHECKS } from './binary-checks/all.ts'
import { nativeWheel } from './binary-checks/native-wheel.ts'
import { pathOf } from './record.ts'
import { refusedFor } from './refused.ts'
import { secrets, strayFiles } from './stray-files.ts'
import type { Wheel } from './wheel.ts'
import { formatVersion, platformTags, pythonTags, tags } from './wheel-tags.ts'

/** A wheel to check: its file name, its contents, and its package in the plan. */
export interface CheckedWheel {
  name: string
  wheel: Wheel
  planned: PlannedPackage | null
}

/** Checks one aspect of a wheel and returns the problems. */
export type WheelCheck = (checked: CheckedWheel) => Problem[]

const BUILD_AGAIN = 'Build it again with an up-to-date backend, and do not edit it afterwards.'

const checksums: WheelCheck = ({ name, wheel }) => {
  const damaged = [...wheel.files].find(([, { isIntact }]) => !isIntact)
  if (!damaged) return []
  const message = `${name} is damaged: the checksum of ${damaged[0]} does not match, so installers refuse it.`
  return [error('wheel-checksum-differs', message, BUILD_AGAIN)]
}

/** Signatures of RECORD, which RECORD cannot list with a hash ("The .dist-info directory", binary distribution format). */
const UNHASHED = ['RECORD', 'RECORD.jws', 'RECORD.p7s']

const record: WheelCheck = ({ name, wheel }) => {
  const unhashed = new Set(UNHASHED.map((each) => `${wheel.distInfo}/${each}`))
  const listed = new Map(wheel.record.map((each) => [pathOf(each), each]))
  const differing: string[] = []
  const withoutHash: string[] = []
  for (const [path, { size, digest }] of wheel.files) {
    if (unhashed.has(path)) continue
    const entry = listed.get(path)
    if (!entry) differing.push(`${path} is not listed`)
    else if (entry.size !== null && entry.size !== size) differing.push(`${path} has another size`)
    else if (digest === null) withoutHash.push(path)
    else if (digest !== entry.hash?.split('=')[1]) differing.push(`${path} differs`)
  }
  for (const path of listed.keys()) if (!wheel.files.has(path)) differing.push(`${path} is listed but missing`)
  const problems: Problem[] = []
  if (differing.length > 0) {
    const message = `${name} differs from its RECORD (${few(differing)}), so some installers refuse it.`
    problems.push(error('wheel-record-differs', message, BUILD_AGAIN))
  }
  if (withoutHash.length > 0) {
    const message = `The RECORD of ${name} has no sha256 of ${few(withoutHash)}, so installers cannot check it.`
    problems.push(warning('wheel-record-without-hash', message, BUILD_AGAIN))
  }
  if (wheel.record.some((each) => each.path.includes('\\'))) {
    const message = `The RECORD of ${name} has backslashes in its paths; installers cope, but the specification wants \`/\`.`
    problems.push(warning('wheel-record-backslashes', message, BUILD_AGAIN))
  }
  return problems
}

const licenseFiles: WheelCheck = ({ name, wheel }) => {
  // Before metadata 2.4 (PEP 639) the field was an extension of setuptools, with the files in another folder.
  if (!isAtLeast(wheel.metadata.get('Metadata-Version'), '2.4')) return []
  const missing = wheel.metadata
    .all('License-File')
    .filter((file) => !wheel.files.has(`${wheel.distInfo}/licenses/${file}`))
  return missing.map((file) =>
    refusedFor(name, {
      code: 'license-file-missing',
      why: `its metadata names the license file ${file}, and ${wheel.distInfo}/licenses/${file} is missing`,
      hint: 'List files beside pyproject.toml: license-files = ["LICENSE"]; or build with a newer backend.',
    }),
  )
}

const entryPoints: WheelCheck = ({ name, wheel }) =>
  entryPointFaults(textOf(wheel.texts, `${wheel.distInfo}/entry_points.txt`) ?? '').map((each) =>
    refusedFor(name, each),
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
  // Free-threaded Pythons and PyPy do not load abi3, so their wheels are separate.
  if (!planned?.abi3 || !interpretersOf(wheel.filename).map(interpreterName).some(loadsAbi3)) return []
  const message = `${name} is for one version of Python, although the crate enables abi3 of PyO3, so other versions get no wheel.`
  return [warning('wheel-not-abi3', message, 'Build it with the features of pyproject.toml, for CPython with the GIL.')]
}

const binaries: WheelCheck = ({ name, wheel }) => {
  const native = nativeWheel(name, wheel)
  return BINARY_CHECKS.flatMap((check) => check(native))
}

/** Every check of a wheel, in the order of reporting. */
export const WHEEL_CHECKS: readonly WheelCheck[] = [
  platformTags,
  pythonTags,
  checksums,
  record,
  formatVersion,
  tags,
  licenseFiles,
  entryPoints,
  modules,
  abi3,
  binaries,
  strayFiles,
  secrets,
]
