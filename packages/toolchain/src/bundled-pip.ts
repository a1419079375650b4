import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { cacheDir } from './cache.ts'
import type { Python } from './python.ts'

/**
 * Unpacks pip from the wheel of ensurepip into a folder of the cache, named by the wheel's content, and prints its path.
 * The wheel is beside ensurepip, or where a distribution of Linux keeps it. pip's own metadata is left out: with it, pip
 * would count as installed in every environment.
 */
const UNPACK = `
import ensurepip, hashlib, os, shutil, sys, uuid, zipfile
places = [getattr(ensurepip, '_WHEEL_PKG_DIR', None), os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')]
start = 'pip-' + ensurepip.version() + '-'
[wheel, *_] = [file.path for place in places if place and os.path.isdir(place) for file in os.scandir(place)
               if file.name.startswith(start) and file.name.endswith('.whl')]
with open(wheel, 'rb') as file:
    to = os.path.join(sys.argv[1], start + hashlib.sha256(file.read()).hexdigest()[:16])
if not os.path.isdir(to):
    fresh = to + '-' + uuid.uuid4().hex
    try:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(fresh, [name for name in archive.namelist() if name.startswith('pip/')])
        os.rename(fresh, to)
    except OSError:
        # Another process was faster, or the cache is full.
        shutil.rmtree(fresh, ignore_errors=True)
open(os.path.join(to, 'pip', '__main__.py')).close()
print(os.path.join(to, 'pip'))
`

/** The unpacked pip of each Python that was asked. */
const unpacked = new WeakMap<Python, Promise<string | null>>()

/**
 * Returns the path of the pip that a Python brings along, as a program for the interpreters of its environments, or null
 * when it cannot be unpacked. It serves all environments from the cache: to install pip into each takes far longer than
 * everything else about them.
 */
export function bundledPip(ports: Ports, python: Python): Promise<string | null> {
  const pip = unpacked.get(python) ?? unpack(ports, python)
  unpacked.set(python, pip)
  return pip
}

async function unpack({ exec, env }: Ports, { path }: Python): Promise<string | null> {
  try {
    const cache = cacheDir(env)
    await mkdir(cache, { recursive: true })
    // The path that it prints is no progress to show.
    const question = { argv: [path, '-I', '-c', UNPACK, cache] as const, cwd: dirname(path), onLine() {} }
    const { code, stdout } = await exec(question)
    return (code === 0 && stdout.trim()) || null
  } catch {
    return null
  }
}
