import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Artifact, MANIFEST_SCHEMA, type Manifest } from '@slipway/core/artifact'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { measureFile } from './artifact.ts'
import { describeImage, verifyLayout } from './oci/layout.ts'

/** Name of a manifest's file in its folder. */
export const MANIFEST_FILE = 'manifest.json'

/** Whether a relative path stays in its folder. */
function staysInside(relative: string): boolean {
  return relative !== '' && !path.isAbsolute(relative) && relative.split(/[\\/]/)[0] !== '..'
}

/**
 * Writes a manifest next to its files, whole or not at all: paths become relative to the folder.
 * Throws Error when a file lies outside the folder.
 */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const artifacts = manifest.artifacts.map((each) => {
    const relative = path.relative(folder, each.path)
    if (!staysInside(relative)) throw new Error(`${each.path} is outside ${folder}`)
    return { ...each, path: relative.split(path.sep).join('/') }
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
  const message = `${MANIFEST_FILE} is not a manifest of schema ${MANIFEST_SCHEMA}, so it is not known which files belong to the release.`
  return new ProblemError(error('manifest-unreadable', message, START_OVER))
}

/** A manifest's JSON, or null when it is of no form that is known here. */
function parse(text: string): Manifest | null {
  let json: Partial<Manifest> | null
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  const good =
    json?.schema === MANIFEST_SCHEMA &&
    Array.isArray(json.artifacts) &&
    json.artifacts.every((each) => typeof each?.path === 'string' && staysInside(path.normalize(each.path)))
  return good ? (json as Manifest) : null
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
  const held = text === null ? null : parse(text)
  if (text !== null && held === null) throw unreadable()
  if (held) requireRelease(held, manifest, folder)
  const kept = (held?.artifacts ?? [])
    .map((each) => ({ ...each, path: path.resolve(folder, each.path) }))
    .filter((each) => !manifest.artifacts.some((one) => isSame(one, each)))
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
 * Throws ProblemError: `manifest-unreadable`, or `artifact-differs` for each file that is not as the manifest says.
 */
export async function readManifest(folder: string): Promise<Manifest | null> {
  let text: string
  try {
    text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cause
  }
  const manifest = parse(text)
  if (!manifest) throw unreadable()
  const artifacts = manifest.artifacts.map((each) => ({ ...each, path: path.resolve(folder, each.path) }))
  const problems = (await Promise.all(artifacts.map(compare))).filter((each) => each !== null)
  if (problems.length > 0) throw new ProblemError(problems)
  return { ...manifest, artifacts }
}
