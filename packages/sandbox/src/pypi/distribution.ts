import { isUtf8 } from 'node:buffer'
import { readTarball, type TarEntry } from '../tarball.ts'
import { areEntryPointsValid } from './entry-points.ts'
import type { DistributionName } from './filename.ts'
import { centralDirectory, framingFault, isBomb, unpack } from './zip.ts'

/** The files of a distribution that passed PyPI's first look at it. */
export interface Distribution {
  /** The METADATA or PKG-INFO file. */
  text: string
  /** Returns a message if a file is missing that the metadata name, or if a later check of the content fails. */
  fault(licenses: readonly string[]): string | null
}

const refused = (why: string) => `Invalid distribution file. ${why}`

/** Opens a wheel or an sdist. Returns a message if PyPI would not take it for one (warehouse, `_is_valid_dist_file`). */
export function openDistribution(name: DistributionName, filename: string, bytes: Buffer): Distribution | string {
  return name.kind === 'bdist_wheel' ? openWheel(name, filename, bytes) : openSdist(filename, bytes)
}

/** Opens a wheel (binary distribution format; PEP 427, PEP 639 for license files). */
function openWheel(name: DistributionName, filename: string, bytes: Buffer): Distribution | string {
  const members = centralDirectory(bytes)
  if (!members) return refused('File is not a zipfile')
  if (isBomb(bytes, members)) return refused('File exceeds compression ratio of 50')
  if ([...members.values()].some((each) => each.method !== 0 && each.method !== 8))
    return refused('File does not use a supported compression type')
  const folder = `${name.distribution}-${name.version}.dist-info`
  if (!members.has(`${folder}/WHEEL`)) return refused(`WHEEL not found at ${folder}/WHEEL`)
  const files = new Map([...members].map(([path, member]) => [path, unpack(bytes, member)]))
  // While PyPI scans the members, Python's zipfile fails at one that is damaged or encrypted.
  if ([...files.values()].includes(null)) return refused('None')
  const framing = framingFault(bytes, members)
  if (framing)
    return refused(`ZIP archive not accepted: ${framing}. See the documentation of archives for more information`)
  const missing = (path: string) => `License-File %s does not exist in distribution file ${filename} at ${path}`
  return {
    text: files.get(`${folder}/METADATA`)?.toString('utf8') ?? '',
    fault(licenses) {
      const license = licenses.find((each) => !files.has(`${folder}/licenses/${each}`))
      if (license !== undefined) return missing(`${folder}/licenses/${license}`).replace('%s', license)
      const record = files.get(`${folder}/RECORD`)
      // PyPI only writes a mail about a RECORD that differs from the files.
      if (!record || !isUtf8(record))
        return `Wheel '${filename}' does not contain the required RECORD file: ${folder}/RECORD`
      const entryPoints = files.get(`${folder}/entry_points.txt`)
      if (entryPoints && !(isUtf8(entryPoints) && areEntryPointsValid(entryPoints.toString('utf8'))))
        return `Wheel '${filename}' has invalid entry points defined in the entry_points.txt file`
      if (files.has(`${folder}/METADATA`)) return null
      return `Wheel '${filename}' does not contain the required METADATA file: ${folder}/METADATA`
    },
  }
}

/** Opens an sdist (source distribution format; PEP 625, PEP 643). */
function openSdist(filename: string, bytes: Buffer): Distribution | string {
  let entries: TarEntry[]
  try {
    entries = readTarball(bytes)
  } catch (error) {
    const isGzip = bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b
    return refused(isGzip ? `None (${(error as Error).message})` : 'File is not a tarfile')
  }
  if (entries.length === 0) return refused('File is not a tarfile')
  if (entries.some((each) => each.type === 'S'))
    return refused(
      'tar archive not accepted: Sparse members are not allowed. See the documentation of archives for more information',
    )
  const parts = entries.map((each) => each.path.split('/').filter((part) => part !== '' && part !== '.'))
  const [top = ''] = parts[0] ?? []
  if (top === '' || entries.some((each) => each.path.startsWith('/')) || parts.some((each) => each[0] !== top))
    return refused('Incorrect number of top-level directories in sdist')
  const info = entries.find((each) => each.path === `${top}/PKG-INFO`)
  if (!info) return refused(`PKG-INFO not found at ${top}/PKG-INFO`)
  const paths = new Set(entries.map((each) => each.path))
  return {
    text: info.content.toString('utf8'),
    fault(licenses) {
      const license = licenses.find((each) => !paths.has(`${top}/${each}`))
      if (license === undefined) return null
      return `License-File ${license} does not exist in distribution file ${filename} at ${top}/${license}`
    },
  }
}
