import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { findPythons, type Python } from '@slipway/toolchain/python'
import { succeed, temporaryFolder, write } from '../../sandbox/harness.ts'
import { realPorts } from '../../unit/toolchain/ports.ts'
import { serveFiles } from './serve.ts'

/**
 * The script of an archive, as actions/python-versions makes it for Linux (its `installers/nix-setup-template.sh`), without the
 * update of pip.
 */
const setup = (version: string, arch: string, program: string) => `set -e
if [ -z \${AGENT_TOOLSDIRECTORY+x} ]; then
    TOOLCACHE_ROOT=$RUNNER_TOOL_CACHE
else
    TOOLCACHE_ROOT=$AGENT_TOOLSDIRECTORY
fi
PYTHON_TOOLCACHE_VERSION_PATH=$TOOLCACHE_ROOT/Python/${version}
PYTHON_TOOLCACHE_VERSION_ARCH_PATH=$PYTHON_TOOLCACHE_VERSION_PATH/${arch}
mkdir -p $PYTHON_TOOLCACHE_VERSION_ARCH_PATH
cp -R ./* $PYTHON_TOOLCACHE_VERSION_ARCH_PATH
rm $PYTHON_TOOLCACHE_VERSION_ARCH_PATH/setup.sh
cd $PYTHON_TOOLCACHE_VERSION_ARCH_PATH
ln -s ./bin/${program} python
cd bin/
ln -s ${program} python3
echo "Create complete file"
touch $PYTHON_TOOLCACHE_VERSION_PATH/${arch}.complete
`

/** Packs the files of a folder, with the script that installs them. */
async function packed(dir: string, version: string, arch: string, program: string): Promise<Buffer> {
  write(dir, { 'setup.sh': setup(version, arch, program) })
  const archive = join(temporaryFolder(), 'python.tar.gz')
  await succeed(['tar', '-czf', archive, '--exclude=__pycache__', '-C', dir, '.'])
  return readFileSync(archive)
}

/** A Python of this machine that works in another folder: it brings its own library and pip. */
export async function movablePython(): Promise<Python | null> {
  const found = await findPythons(realPorts())
  return found.findLast((each) => each.venv && existsSync(join(libraryOf(each), 'ensurepip', '_bundled'))) ?? null
}

const minorOf = ({ version }: Python) => version.split('.').slice(0, 2).join('.')
const libraryOf = (python: Python) => join(python.path, '../../lib', `python${minorOf(python)}`)

/** The packed Python, made once for all tests of a file: it takes seconds. */
let archive: Promise<Buffer> | undefined

/** Packs a copy of a Python, without its tests and its static library. */
async function archiveOf(python: Python, arch: string): Promise<Buffer> {
  const dir = temporaryFolder()
  const name = `python${minorOf(python)}`
  mkdirSync(join(dir, 'bin'))
  cpSync(python.path, join(dir, 'bin', name))
  const left = /^(?:test|tests|idlelib|tkinter|site-packages|__pycache__|config-.*)$/
  const filter = (path: string) => !left.test(basename(path))
  cpSync(libraryOf(python), join(dir, 'lib', name), { recursive: true, filter })
  mkdirSync(join(dir, 'lib', name, 'site-packages'))
  return packed(dir, python.version, arch, name)
}

/**
 * Packs a program that answers as a free-threaded Python does; none can be downloaded here. Like those of actions/python-versions in
 * a tool cache that is not GitHub's, it does not start without the folder of its library.
 */
async function freeThreadedArchive(version: string, arch: string): Promise<Buffer> {
  const dir = temporaryFolder()
  const minor = version.split('.').slice(0, 2).join('.')
  const answer = { version, implementation: 'cpython', freeThreaded: true, venv: true, final: true }
  const text = JSON.stringify(answer).replace('{', '{"path": "\'"$self"\'", ')
  const library = `libpython${minor}t.so.1.0`
  const program = `#!/bin/sh
self=$(readlink -f "$0")
case ":$LD_LIBRARY_PATH:" in
  *:"\${self%/bin/*}/lib":*) echo '${text}' ;;
  *) echo "error while loading shared libraries: ${library}" >&2; exit 127 ;;
esac
`
  write(dir, { [`bin/python${minor}t`]: program, [`lib/${library}`]: '' })
  await succeed(['chmod', 'a+x', join(dir, 'bin', `python${minor}t`)])
  return packed(dir, version, arch, `python${minor}t`)
}

/** A server with a manifest as actions/python-versions publishes it, and archives of a real and a free-threaded Python. */
export async function pythonServer(python: Python, freeThreaded: string) {
  const arch = process.arch
  archive = archive ?? archiveOf(python, arch)
  const files = {
    [`python-${python.version}.tar.gz`]: await archive,
    [`python-${freeThreaded}-freethreaded.tar.gz`]: await freeThreadedArchive(freeThreaded, `${arch}-freethreaded`),
  }
  const entry = (base: string, version: string, own: string, name: string) => ({
    version,
    stable: true,
    release_url: `${base}/${version}`,
    // Without a release of the system, so that the test runs on any Linux.
    files: [{ filename: name, arch: own, platform: 'linux', download_url: `${base}/${name}` }],
  })
  const { base, asked } = await serveFiles((base) => ({
    '/manifest.json': JSON.stringify([
      { ...entry(base, '3.99.0-rc.1', arch, 'none'), stable: false },
      entry(base, freeThreaded, `${arch}-freethreaded`, `python-${freeThreaded}-freethreaded.tar.gz`),
      entry(base, python.version, arch, `python-${python.version}.tar.gz`),
    ]),
    ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`/${name}`, bytes])),
  }))
  return { manifest: `${base}/manifest.json`, asked }
}
