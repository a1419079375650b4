import { unzipSync } from 'fflate'
import { readTarball } from '../tarball.ts'
import { type DistributionName, distributionPart } from './filename.ts'
import { type CoreMetadata, parseMetadata, value } from './metadata.ts'
import { versionKey } from './version.ts'
import { zipFault } from './zip.ts'

/** The metadata of a distribution, and the text of its file. */
export interface Distribution {
  metadata: CoreMetadata
  /** The METADATA or PKG-INFO file. */
  text: string
}

/** Opens a wheel or an sdist. Returns a message if PyPI would refuse its content. */
export function openDistribution(name: DistributionName, filename: string, bytes: Buffer): Distribution | string {
  return name.kind === 'bdist_wheel' ? openWheel(name, filename, bytes) : openSdist(name, filename, bytes)
}

/** Opens a wheel (binary distribution format; PEP 427, PEP 639 for license files). */
function openWheel(name: DistributionName, filename: string, bytes: Buffer): Distribution | string {
  const fault = zipFault(bytes)
  if (fault) return `Invalid distribution file. ZIP archive not accepted: ${fault}.`
  const files = unzipSync(bytes)
  const folder = `${name.distribution}-${name.version}.dist-info`
  const text = (path: string) => (files[path] === undefined ? null : Buffer.from(files[path]).toString('utf8'))
  const metadataText = text(`${folder}/METADATA`)
  const record = text(`${folder}/RECORD`)
  if (metadataText === null)
    return `Wheel '${filename}' does not contain the required METADATA file: ${folder}/METADATA`
  if (text(`${folder}/WHEEL`) === null)
    return `Wheel '${filename}' does not contain the required WHEEL file: ${folder}/WHEEL`
  if (record === null) return `Wheel '${filename}' does not contain the required RECORD file: ${folder}/RECORD`
  const listed = new Set(record.split(/\r?\n/).filter(Boolean).map(firstField))
  const contained = Object.keys(files).filter(
    (path) => !path.endsWith('/') && !/\.dist-info\/RECORD\.(jws|p7s)$/.test(path),
  )
  if (contained.length !== listed.size || contained.some((path) => !listed.has(path))) {
    return `Invalid distribution file. Files in the RECORD of wheel '${filename}' are not the files that it contains.`
  }
  return withLicenses({ metadata: parseMetadata(metadataText), text: metadataText }, filename, (license) =>
    `${folder}/licenses/${license}` in files ? null : `${folder}/licenses/${license}`,
  )
}

/** Opens an sdist (source distribution format; PEP 625, PEP 643). */
function openSdist(name: DistributionName, filename: string, bytes: Buffer): Distribution | string {
  let files: Map<string, Buffer>
  try {
    files = new Map(readTarball(bytes).map((each) => [each.path.replace(/^\.\//, ''), each.content]))
  } catch (error) {
    return `Invalid distribution file. Not a valid tar.gz: ${(error as Error).message}`
  }
  const tops = new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))
  const [top = ''] = tops
  if (tops.size !== 1) return `Incorrect number of top-level directories in sdist: ${[...tops].join(', ')}`
  const match = /^(.+)-([^-]+)$/.exec(top)
  if (match?.[1] !== distributionPart(name.distribution) || versionKey(match[2] ?? '') !== versionKey(name.version)) {
    return `Sdist '${filename}' has a top folder '${top}', should be '${distributionPart(name.distribution)}-${name.version}'`
  }
  const text = files.get(`${top}/PKG-INFO`)?.toString('utf8')
  if (text === undefined) return `Sdist '${filename}' does not contain the required PKG-INFO file: ${top}/PKG-INFO`
  return withLicenses({ metadata: parseMetadata(text), text }, filename, (license) =>
    files.has(`${top}/${license}`) ? null : `${top}/${license}`,
  )
}

/** Demands every License-File from Metadata-Version 2.4 on (PEP 639). `absent` returns the path of a missing file. */
function withLicenses(found: Distribution, filename: string, absent: (license: string) => string | null) {
  if (Number(value(found.metadata, 'metadata-version')) < 2.4) return found
  for (const license of found.metadata.get('license-file') ?? []) {
    const path = absent(license)
    if (path) return `License-File ${license} does not exist in distribution file ${filename} at ${path}`
  }
  return found
}

/** Returns the first field of a CSV line. */
function firstField(line: string): string {
  return line.startsWith('"')
    ? (/^"((?:[^"]|"")*)"/.exec(line)?.[1] ?? '').replaceAll('""', '"')
    : (line.split(',')[0] ?? '')
}
