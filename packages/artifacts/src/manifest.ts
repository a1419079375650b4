import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Artifact, MANIFEST_SCHEMA, type Manifest } from '@slipway/core/artifact'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { measureFile } from './artifact.ts'
import { describeImage, verifyLayout } from './oci/layout.ts'

/** Name of a manifest's file in its folder. */
export const MANIFEST_FILE = 'manifest.json'

/** Whether a relative path leads to something in its folder, on whatever system. */
function staysInside(relative: string): boolean {
  const isDrive = /^[a-z]:/i.test(relative)
  return !['', '.'].includes(relative) && !isDrive && !path.isAbsolute(relative) && relative.split(/[\\/]/)[0] !== '..'
}

/** Whether a name is that of one file, and no way to another folder. */
function isPlainName(name: unknown): boolean {
  return typeof name === 'string' && !/^\.{0,2}$|[\\/\0]|^[a-z]:/i.test(name)
}

/** An artifact as a manifest's file has it: `path` is relative to the file, with `/` between folders. */
interface Entry extends Omit<Artifact, 'project'> {
  /** Absent in schema 1, which calls it `project`. */
  name?: string
  project?: string
}

/**
 * Writes a manifest next to its files, whole or not at all: paths become relative to the folder.
 * Throws Error when a file lies outside the folder.
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

const START_OVER = 'Restore the file as it was built, or remove the folder to build everything again.'

/** Size and sha256 of what is there now. Throws when it cannot be read. */
async function measure({ kind, project, version, path: where }: Artifact): Promise<{ size: number; sha256: string }> {
  return kind === 'image' ? describeImage(project, version, where) : measureFile(where)
}

/** What is wrong with an artifact's file, or null. */
async function compare(artifact: Artifact): Promise<Problem | null> {
  const problem = (what: string) =>
    error(
      'artifact-differs',
      `${artifact.filename} ${what}, so it is not the file that this release began with.`,
      START_OVER,
    )
  let found: { size: number; sha256: string }
  try {
    found = await measure(artifact)
    // An image's digest is that of its manifest, which names the rest.
    const damaged = artifact.kind === 'image' && (await verifyLayout(artifact.path)).length > 0
    if (damaged) return problem('has blobs with other bytes than their names say')
  } catch {
    return problem('is in the manifest but cannot be read')
  }
  if (found.size === artifact.size && found.sha256 === artifact.sha256) return null
  const [was, is] = [artifact, found].map((each) => `${each.size} bytes, sha256 ${each.sha256.slice(0, 12)}…`)
  return problem(`was ${was} and is now ${is}`)
}

function unreadable(): ProblemError {
  const message = `${MANIFEST_FILE} is not a manifest of schema 1 to ${MANIFEST_SCHEMA}, so it is not known which files belong to the release.`
  return new ProblemError(error('manifest-unreadable', message, START_OVER))
}

/**
 * A manifest's JSON, its paths made absolute; null when it is of no form that is known here. Schema 1 lacks the tag, and
 * calls an artifact's name its project.
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
  const staysHere = (each: Entry) => {
    const named = isPlainName(each?.filename) && (each.kind !== 'image' || isPlainName(each.name ?? each.project))
    return named && typeof each.path === 'string' && staysInside(path.normalize(each.path))
  }
  if (!isKnown || !artifacts.every(staysHere)) return null
  const absolute = artifacts.map(({ name, project = name ?? '', ...rest }) => {
    return { ...rest, project, path: path.resolve(folder, rest.path) }
  })
  return { schema: MANIFEST_SCHEMA, version, pythonVersion, tag, commit, artifacts: absolute }
}

/** Whether two entries of manifests are the same artifact, built once more perhaps. */
function isSame(a: Artifact, b: Artifact): boolean {
  return a.kind === b.kind && a.filename === b.filename
}

/**
 * Adds artifacts to the manifest of a folder, which is made when there is none. What it has under the same name is
 * replaced: it was built again.
 * @throws ProblemError `manifest-of-other-release` when the folder's manifest is of another commit or version
 */
export async function addToManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8').catch(() => null)
  const held = text === null ? null : parse(text, folder)
  if (text !== null && held === null) throw unreadable()
  if (held) requireRelease(held, manifest, folder)
  const kept = (held?.artifacts ?? []).filter((each) => !manifest.artifacts.some((one) => isSame(one, each)))
  await writeManifest(folder, { ...manifest, artifacts: [...kept, ...manifest.artifacts] })
}

/**
 * Makes sure that a manifest is of this release.
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
      'Empty that folder and build again, or check out the commit that it was built from.',
    ),
  )
}

/**
 * Reads the manifest of a folder, its paths made absolute; null when there is none.
 * @param compare false: before its files are there
 * Throws ProblemError: `manifest-unreadable`, or `artifact-differs` for each file that is not as the manifest says.
 */
export async function readManifest(folder: string, { compare: isWhole = true } = {}): Promise<Manifest | null> {
  let text: string
  try {
    text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
  const manifest = parse(text, folder)
  if (!manifest) throw unreadable()
  if (!isWhole) return manifest
  const problems = (await Promise.all(manifest.artifacts.map(compare))).filter((each) => each !== null)
  if (problems.length > 0) throw new ProblemError(problems)
  return manifest
}
