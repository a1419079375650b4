import { posix } from 'node:path'
import { error, type Problem, warning } from '@slipway/core/problem'
import { isAtLeast } from '@slipway/core/python/metadata/fields'
import { refusedFor } from './refused.ts'
import type { Sdist } from './sdist.ts'
import type { TarMember } from './tar.ts'

interface CheckedSdist {
  name: string
  sdist: Sdist
}

/** Checks one aspect of an sdist and returns the problems. */
type SdistCheck = (checked: CheckedSdist) => Problem[]

const BY_BACKEND = 'Build it with the build backend, not by hand.'

/** PyPI wants one top folder (warehouse, `_commonpath`); its name is a rule of the format only. */
const layout: SdistCheck = ({ name, sdist }) => {
  const folder = `${sdist.distribution}-${sdist.version}`
  if (sdist.folders.length !== 1) {
    const message = `${name} has ${sdist.folders.join(', ')} at its top, but PyPI requires only ${folder}.`
    return [error('sdist-layout', message, BY_BACKEND)]
  }
  if (sdist.folders[0] === folder) return []
  const message = `The top folder of ${name} is ${sdist.folders[0]}, but the format of sdists requires ${folder}.`
  return [warning('sdist-folder-differs', message, BY_BACKEND)]
}

/** PEP 639: clients send License-File from metadata 2.4 on, and PyPI looks for the files. */
const licenseFiles: SdistCheck = ({ name, sdist }) => {
  if (!isAtLeast(sdist.metadata.get('Metadata-Version'), '2.4')) return []
  const missing = sdist.metadata
    .all('License-File')
    .filter((file) => !sdist.folders.some((folder) => sdist.files.has(`${folder}/${file}`)))
  return missing.map((file) =>
    refusedFor(name, {
      code: 'license-file-missing',
      why: `its metadata names the license file ${file}, which it does not contain`,
      hint: 'List files beside pyproject.toml: license-files = ["LICENSE"]; maturin packs those of workspace members from 1.16 on.',
    }),
  )
}

/** PyPA specification "Source distribution format": pip takes an sdist without one for a package of old setuptools. */
const projectFile: SdistCheck = ({ name, sdist }) => {
  if (sdist.folders.some((folder) => sdist.files.has(`${folder}/pyproject.toml`))) return []
  const message = `${name} has no pyproject.toml, so pip builds it with whatever setuptools it finds.`
  return [warning('sdist-without-pyproject', message, 'Add a pyproject.toml with [build-system], and build again.')]
}

/** Types of tar members that have a meaning in an sdist: files, links, folders (POSIX, "ustar Interchange Format"). */
const PLAIN_TYPES = '01257'

/** Returns the path of a member, or of what a link names, from the top of the archive. */
function destination({ type, path, linkPath }: TarMember): string {
  const [from, to] = [path.toString('utf8'), linkPath.toString('utf8')]
  if (type === '1') return posix.normalize(to)
  return type === '2' && !to.startsWith('/') ? posix.join(posix.dirname(from), to) : posix.normalize(to)
}

function leadsOut(path: string): boolean {
  return path.startsWith('/') || path === '..' || path.startsWith('../')
}

/** What pip and other tools refuse to unpack (PEP 706, the filter `data` of Python's tarfile). */
const unsafe: SdistCheck = ({ name, sdist }) => {
  const found = sdist.members.flatMap((member): string[] => {
    const path = member.path.toString('utf8')
    if (leadsOut(posix.normalize(path)) || path.split('/').includes('..')) return [`${path} is outside of its folder`]
    const isLink = member.type === '1' || member.type === '2'
    if (isLink && leadsOut(destination(member))) return [`${path} is a link to ${member.linkPath.toString('utf8')}`]
    return PLAIN_TYPES.includes(member.type) || isSparse(member) ? [] : [`${path} is a device`]
  })
  if (found.length === 0) return []
  const message = `pip refuses to unpack ${name}: ${found[0]}.`
  return [error('sdist-member-unsafe', message, 'Pack copies of files, not links that lead out of the project.')]
}

/** GNU's own type, or the keys of its form in pax headers. */
function isSparse({ type, keys }: TarMember): boolean {
  return type === 'S' || [...keys].some((each) => each.startsWith('GNU.sparse.'))
}

const sparse: SdistCheck = ({ name, sdist }) =>
  sdist.members.filter(isSparse).map((each) =>
    refusedFor(name, {
      code: 'sdist-member-sparse',
      why: `${each.path.toString('utf8')} is stored as a sparse file`,
      hint: 'Pack it without `--sparse`, as build backends do.',
    }),
  )

/** Every check of an sdist, in the order of reporting. */
export const SDIST_CHECKS: readonly SdistCheck[] = [layout, unsafe, sparse, licenseFiles, projectFile]
