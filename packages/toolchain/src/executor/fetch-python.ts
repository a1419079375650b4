import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { measureFile } from '@slipway/artifacts/artifact'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { sideBySide } from '@slipway/core/side-by-side'
import { cacheDir } from '../cache.ts'
import { mustRun } from '../command.ts'
import { download } from '../download.ts'
import { MAX_DOWNLOADS } from '../limits.ts'
import { bestPython, findPythons } from '../python.ts'
import { withoutSecrets } from '../secrets.ts'
import { cachedFolder } from './cached-folder.ts'
import type { ArchiveSources } from './emulator.ts'
import type { Archive, ArchivedPython } from './python-archives.ts'

/**
 * Unpacks archives into a folder: those of Maven, which are ZIP files, and Debian's, `ar` files whose member `data.tar.*` has
 * the files (deb(5)). Python reads them, because neither unzip, nor dpkg, nor xz is everywhere.
 */
const UNPACK = `
import io, os, sys, tarfile, zipfile
def members(data):
    at = 8
    while at + 60 <= len(data):
        name, size = data[at:at + 16].decode().rstrip(' /'), int(data[at + 48:at + 58])
        yield name, data[at + 60:at + 60 + size]
        at += 60 + size + size % 2
to, *files = sys.argv[1:]
for file in files:
    if not file.endswith('.deb'):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(to, [each for each in archive.namelist() if not each.startswith('META-INF/')])
        continue
    with open(file, 'rb') as opened: data = opened.read()
    [content] = [each for name, each in members(data) if name.startswith('data.tar')]
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        # Debian's own files, checked by their hash, so that links to absolute paths are its own too.
        if hasattr(tarfile, 'fully_trusted_filter'): archive.extraction_filter = tarfile.fully_trusted_filter
        archive.extractall(to)
`

/** What the cache of Pythons needs. */
export interface FetchOptions {
  sources: ArchiveSources
  /** Completes the unpacked files in their folder. */
  complete?: (folder: string) => Promise<void>
  /** What `complete` does, as a part of the key in the cache. */
  variant?: string
}

/** Returns the folder of the cache for Pythons of other systems, and what runs them. */
export function executorCache(env: Ports['env']): string {
  return join(cacheDir(env), 'executors')
}

/**
 * Downloads the archives of a Python, checks and unpacks them, or finds them in the cache.
 * @returns the folder of the unpacked files, absolute
 * @throws ProblemError `python-not-fetched` when an archive cannot be downloaded or unpacked, `python-archive-differs` when it
 * has another hash than the list says
 */
export async function fetchPython(
  ports: Ports,
  python: ArchivedPython,
  { sources, complete, variant = '' }: FetchOptions,
): Promise<string> {
  const cache = executorCache(ports.env)
  const identity = JSON.stringify([python.path, python.archives.map((each) => each.sha256), variant])
  const key = `python-${python.version}-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`
  return cachedFolder(cache, key, async (folder) => {
    ports.log.info(`Fetching CPython ${python.version} (${basename(python.archives.at(-1)?.path ?? '')}).`)
    const downloads = `${folder}-downloads`
    await mkdir(downloads, { recursive: true })
    try {
      const files = await sideBySide(
        python.archives.map((each) => () => fetchArchive(ports, each, sources, downloads)),
        MAX_DOWNLOADS,
      )
      await unpack(ports, python, files, folder)
      await complete?.(folder)
    } finally {
      await rm(downloads, { recursive: true, force: true })
    }
  })
}

/** Downloads an archive from the first source that has it, and checks it. @throws ProblemError */
async function fetchArchive(ports: Ports, archive: Archive, sources: ArchiveSources, folder: string): Promise<string> {
  const file = join(folder, basename(archive.path))
  const failures: string[] = []
  for (const base of sources[archive.from]) {
    const url = base + archive.path
    const failure = await download(ports, url, file).then(
      () => null,
      (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
    )
    if (failure === null) {
      await check(file, archive, url)
      return file
    }
    failures.push(failure)
  }
  throw notFetched(`${basename(archive.path)} cannot be downloaded (${failures.join('; ')})`)
}

async function check(file: string, { sha256: expected }: Archive, url: string): Promise<void> {
  const { sha256 } = await measureFile(file)
  if (sha256 === expected) return
  throw new ProblemError(
    error(
      'python-archive-differs',
      `${url} has the SHA-256 ${sha256}, not ${expected}, so Slipway does not unpack it.`,
      'Find out who answers for this address: a proxy or mirror may have replaced the file. Then run the job again.',
    ),
  )
}

async function unpack(ports: Ports, { version }: ArchivedPython, files: readonly string[], to: string): Promise<void> {
  const { path } = bestPython(await findPythons(ports))
  const argv = [path, '-I', '-c', UNPACK, to, ...files] as const
  const failure = {
    code: 'python-not-fetched',
    what: `CPython ${version} cannot be unpacked`,
    hint: 'Check that the disk is not full; SLIPWAY_CACHE_DIR names the folder of the cache.',
  }
  await mustRun(ports.exec, { argv, cwd: dirname(to), env: withoutSecrets(ports.env) }, failure)
}

function notFetched(message: string): ProblemError {
  const hint = 'Check the network, then run the job again; or leave emulators out with `test-emulators: none`.'
  return new ProblemError(error('python-not-fetched', message, hint))
}
