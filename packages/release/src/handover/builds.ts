import { copyFile, cp, mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MANIFEST_FILE, readManifest, requireRelease } from '@slipway/artifacts/manifest'
import type { Artifact, ArtifactKind } from '@slipway/core/artifact'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { scratchFolder } from '../job/scratch.ts'
import { BUILD_PREFIX, filesUnder } from './handover.ts'

/** Options of collecting the parts of a release. */
export interface BuildsOptions {
  /** Folder of the parts, absolute, searched recursively; default: the uploads of this run's jobs. */
  builds?: string | undefined
  store?: ArtifactStore | null
  /** Folder to copy the parts to, absolute. */
  out: string
  /** Kinds to collect. Others are ignored, since a job that runs project code could upload anything under any name. */
  kinds: readonly ArtifactKind[]
  /** Parts that are not from Slipway, at their own paths. */
  prebuilt?: readonly Artifact[]
}

/**
 * Copies the artifacts that other jobs built, those of every manifest in the parts and the prebuilt ones, into one folder.
 * Returns none if there are none.
 * @throws ProblemError `built-twice` when two parts have different files of one name
 */
export async function collectBuilds(ports: Ports, plan: Plan, options: BuildsOptions): Promise<Artifact[]> {
  const { builds, out, store = null, kinds, prebuilt = [] } = options
  const from = builds ?? (await downloaded(ports, store, (name) => name.startsWith(BUILD_PREFIX)))
  const folders = (await filesUnder(from)).filter((each) => basename(each) === MANIFEST_FILE).map(dirname)
  const found = [...prebuilt]
  for (const folder of folders.sort()) {
    const manifest = await readManifest(folder)
    if (!manifest) continue
    requireRelease(manifest, plan, folder)
    found.push(...manifest.artifacts.filter(({ kind }) => kinds.includes(kind)))
  }
  await mkdir(out, { recursive: true })
  return Promise.all(eachOnce(found).map((each) => copyTo(each, out)))
}

/**
 * Returns the artifacts without repetitions.
 * @throws ProblemError `built-twice` when two have one name and different bytes
 */
export function eachOnce(artifacts: readonly Artifact[]): Artifact[] {
  const parts = new Map<string, Artifact>()
  for (const each of artifacts) {
    const other = parts.get(each.filename)
    if (other && other.sha256 !== each.sha256) throw new ProblemError(builtTwice(each, other))
    parts.set(each.filename, other ?? each)
  }
  return [...parts.values()]
}

/** Downloads artifacts of this run, each to a separate folder. Returns the folder above them. */
export async function downloaded(
  ports: Ports,
  store: ArtifactStore | null,
  isWanted: (name: string) => boolean,
): Promise<string> {
  const folder = await scratchFolder(ports, 'builds')
  const names = (await store?.list()) ?? []
  for (const name of names.filter(isWanted).sort()) {
    await store?.download(name, join(folder, name))
  }
  return folder
}

/** Copies an artifact to a folder, unless it is already there. */
export async function copyTo(artifact: Artifact, out: string): Promise<Artifact> {
  const path = artifact.kind === 'image' ? join(out, 'images', artifact.project) : join(out, artifact.filename)
  if (path === artifact.path) return artifact
  if (artifact.kind === 'image') await cp(artifact.path, path, { recursive: true })
  else await copyFile(artifact.path, path)
  return { ...artifact, path }
}

function builtTwice(a: Artifact, b: Artifact): Problem {
  const message = `Two jobs built ${a.filename} with different bytes (sha256 ${a.sha256.slice(0, 12)} and ${b.sha256.slice(0, 12)}).`
  return error(
    'built-twice',
    message,
    'Build it in one job only: run each matrix entry once, with the sdist in one of them; or name its package in `prebuilt`.',
  )
}
