import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Artifact, MANIFEST_SCHEMA, type Manifest } from '@slipway/core/artifact'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { measureFile } from './artifact.ts'
import { describeImage, verifyLayout } from './oci/layout.ts'

/** Name of the manifest's file in its folder. */
export const MANIFEST_FILE = 'manifest.json'

/** Whether a relative path stays inside its folder, on every operating system. */
function staysInside(relative: string): boolean {
  const isDrive = /^[a-z]:/i.test(relative)
  return !['', '.'].includes(relative) && !isDrive && !path.isAbsolute(relative) && relative.split(/[\\/]/)[0] !== '..'
}

/** Whether a name is a plain file name, without a folder. */
function isPlainName(name: unknown): boolean {
  return typeof name === 'string' && !/^\.{0,2}$|[\\/\0]|^[a-z]:/i.test(name)
}

/** An artifact in a manifest's file: `path` is relative to the file, with `/` between folders. */
interface Entry extends Omit<Artifact, 'project'> {
  /** Named `project` in schema 1. */
  name?: string
  project?: string
}

/**
 * Writes a manifest next to its files, in one step: paths become relative to the folder.
 * @throws Error when a file lies outside the folder
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const artifacts = manifest.artifacts.map(({ kind, project, path: file, ...rest }): Entry => {
    const relative = path.relative(folder, file)
    if (!staysInside(relative)) throw new Error(`${file} is outside ${folder}`)
    return { kind, name: project, ...rest, path: relative.split(path.sep).join('/') }
  })
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, MANIFEST_FILE)
  const draft = `${file}.${process.pid}.new`
  await writeFile(draft, `${JSON.stringify({ ...manifest, artifacts }, null, 2)}\n`)
  await rename(draft, file)
}

const START_OVER = 'Restore the original file, or remove the folder to build everything again.'

/** Returns the current size and sha256 of an artifact. @throws Error when it cannot be read */
async function measure({ kind, project, version, path: where }: Artifact): Promise<{ size: number; sha256: string }> {
  return kind === 'image' ? describeImage(project, version, where) : measureFile(where)
}

/** Compares an artifact's file with the manifest. Returns the problem, or null. */
async function compare(artifact: Artifact): Promise<Problem | null> {
  const problem = (what: string) =>
    error(
      'artifact-differs',
      `${artifact.filename} ${what}, so it is not the file that this release started with.`,
      START_OVER,
    )
  let found: { size: number; sha256: string }
  try {
    found = await measure(artifact)
    // An image's digest only covers its manifest, so its blobs are hashed too.
    const damaged = artifact.kind === 'image' && (await verifyLayout(artifact.path)).length > 0
    if (damaged) return problem('has blobs that differ from their digests')
  } catch {
    return problem('is in the manifest but cannot be read')
  }
  if (found.size === artifact.size && found.sha256 === artifact.sha256) return null
  const [was, is] = [artifact, found].map((each) => `${each.size} bytes, sha256 ${each.sha256.slice(0, 12)}…`)
  return problem(`was ${was} and is now ${is}`)
}

function unreadable(): ProblemError {
  const message = `${MANIFEST_FILE} is not a manifest of schema 1 to ${MANIFEST_SCHEMA}, so the files of the release are unknown.`
  return new ProblemError(error('manifest-unreadable', message, START_OVER))
}

/**
 * Parses a manifest's JSON and makes its paths absolute; null when its form is unknown. Schema 1 has no tag and calls an
 * artifact's name its project.
 */
function parse(text: string, folder: string): Manifest | null {
  let json: (Omit<Partial<Manifest>, 'schema' | 'artifacts'> & { schema?: number; artifacts?: Entry[] }) | null
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  const { schema, version, pythonVersion = null, tag = '', commit = null, artifacts } = json ?? {}
  const isKnown =
    (schema === 1 || schema === MANIFEST_SCHEMA) && typeof version === 'string' && Array.isArray(artifacts)
  const isSafe = (each: Entry) => {
    const hasPlainName =
      isPlainName(each?.filename) && (each.kind !== 'image' || isPlainName(each.name ?? each.project))
    return hasPlainName && typeof each.path === 'string' && staysInside(path.normalize(each.path))
  }
  if (!isKnown || !artifacts.every(isSafe)) return null
  const absolute = artifacts.map(({ name, project = name ?? '', ...rest }) => {
    return { ...rest, project, path: path.resolve(folder, rest.path) }
  })
  return { schema: MANIFEST_SCHEMA, version, pythonVersion, tag, commit, artifacts: absolute }
}

/** Whether two entries are the same artifact, possibly from two builds. */
function isSame(a: Artifact, b: Artifact): boolean {
  return a.kind === b.kind && a.filename === b.filename
}

/**
 * Adds artifacts to the manifest of a folder, or creates the manifest. An artifact that was built again replaces the
 * entry of the same name.
 * @throws ProblemError `manifest-of-other-release` when the folder's manifest is of another commit or version
 */
export async function addToManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8').catch(() => null)
  const existing = text === null ? null : parse(text, folder)
  if (text !== null && existing === null) throw unreadable()
  if (existing) requireRelease(existing, manifest, folder)
  const others = (existing?.artifacts ?? []).filter((each) => !manifest.artifacts.some((one) => isSame(one, each)))
  await writeManifest(folder, { ...manifest, artifacts: [...others, ...manifest.artifacts] })
}

/**
 * Checks that a manifest belongs to this release.
 * @throws ProblemError `manifest-of-other-release`
 */
export function requireRelease(
  manifest: Pick<Manifest, 'version' | 'commit'>,
  { version, commit }: { version: string; commit: string | null },
  folder: string,
): void {
  if (manifest.version === version && manifest.commit === commit) return
  const called = (of: { version: string; commit: string | null }) =>
    `${of.version} at ${of.commit?.slice(0, 12) ?? 'no commit'}`
  throw new ProblemError(
    error(
      'manifest-of-other-release',
      `${path.join(folder, MANIFEST_FILE)} lists the files of ${called(manifest)}, but this is ${called({ version, commit })}.`,
      'Empty that folder and build again, or check out the commit of its files.',
    ),
  )
}

/**
 * Reads the manifest of a folder and makes its paths absolute; null when there is none.
 * @param compare false: the files are not read, because they do not exist yet
 * @throws ProblemError `manifest-unreadable`, or `artifact-differs` for each file that differs from the manifest
 */
export async function readManifest(folder: string, { compare: comparesFiles = true } = {}): Promise<Manifest | null> {
  let text: string
  try {
    text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
  const manifest = parse(text, folder)
  if (!manifest) throw unreadable()
  if (!comparesFiles) return manifest
  const problems = (await Promise.all(manifest.artifacts.map(compare))).filter((each) => each !== null)
  if (problems.length > 0) throw new ProblemError(problems)
  return manifest
}
