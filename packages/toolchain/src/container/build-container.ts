import { mkdir } from 'node:fs/promises'
import { delimiter, isAbsolute, join, posix, relative } from 'node:path'
import type { Command, Exec, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { mustSucceed, shellCommand } from '../command.ts'
import { topOf } from '../git.ts'
import type { Python } from '../python.ts'
import { pythonsInContainer } from './python-in-container.ts'
import { type Container, type ContainerOptions, type Mount, startContainer } from './run.ts'
import { lendRust, pathWithRust } from './rust-in-container.ts'

/** Options of `startBuild`. All folders are absolute, and in the container at the same paths. */
export interface BuildContainerOptions extends Pick<ContainerOptions, 'image' | 'network'> {
  /** The project; the repository around it is mounted too. */
  dir: string
  /** The package's folder in it. */
  folder: string
  out: string
  /** Folder of the tools that Slipway installed, which the container can only read. */
  cacheDir: string
  /** Folders of tools to put behind the image's PATH. */
  programs: readonly string[]
  /** Rust's target triple; default: this machine's. */
  target?: string | undefined
  /** Existing folder on this machine for what the build leaves. */
  scratch: string
  /** A command for the shell that root runs in the package's folder before the build: it may install packages. */
  beforeBuild?: string | undefined
}

/** A container that builds wheels. */
export interface BuildContainer {
  /** The exact image. */
  image: string
  /** Cargo's target folder there. */
  targetDir: string
  /** Runs a command as the calling user, with Rust on PATH. A PATH of `Command.env`, which is this machine's, is left out. */
  exec: Exec
  /** Returns its CPythons, lowest version first. */
  pythons(): Promise<Python[]>
  close(): Promise<void>
}

/** The folder for all that is only in the container, so that no path of this machine gets into a library. */
const HOME = '/slipway'

/** Variables of a job that change what cargo and compilers do, and name no place on the machine. */
const KEPT = /^(RUSTFLAGS|CARGO_(PROFILE|TERM)_\w+|PYO3_(?!PYTHON$)\w+|C(XX)?FLAGS|LDFLAGS)$/

/** Returns the mounts without those below another, each once. */
function outermost(folders: readonly string[]): Mount[] {
  const isBelow = (folder: string, other: string) => {
    const path = relative(other, folder)
    return path !== '' && !path.startsWith('..') && !isAbsolute(path)
  }
  const outer = [...new Set(folders)].filter((each) => !folders.some((other) => isBelow(each, other)))
  return outer.map((host) => ({ host }))
}

/**
 * Starts a container for a package's build, with the project, the tools and Rust in it, and runs the command before the build.
 * @throws ProblemError `container-needs-linux`, `rust-missing`, `before-build-failed`, `container-without-rust`, and as
 * `startContainer` does
 */
export async function startBuild(
  ports: Ports,
  options: BuildContainerOptions,
  platform: NodeJS.Platform = process.platform,
): Promise<BuildContainer> {
  const { image, network, dir, folder, out, cacheDir, programs, target, scratch } = options
  if (platform !== 'linux') throw new ProblemError(notLinux(image))
  for (const each of ['home', 'target']) await mkdir(join(scratch, each), { recursive: true })
  for (const each of [out, cacheDir]) await mkdir(each, { recursive: true })
  const rust = await lendRust(ports, { dir: folder, target, scratch, home: HOME })
  const writable = outermost([(await topOf(ports, dir)) ?? dir, dir, out])
  const mounts = [
    ...writable,
    { host: scratch, container: HOME },
    ...rust.mounts,
    // Last, since it may be below another.
    { host: cacheDir, readOnly: true },
  ]
  const container = await startContainer(ports, { image, mounts, network })
  try {
    const ownPath = (await container.run({ argv: ['sh', '-c', 'printf %s "$PATH"'], cwd: '/' })).stdout
    const path = [ownPath, ...programs].join(delimiter)
    const root = { cwd: folder, user: 'root', onLine: ports.log.info } as const
    if (options.beforeBuild !== undefined) {
      const PATH = [path, rust.bin].join(delimiter)
      const failure = { code: 'before-build-failed', hint: PREPARE_HINT }
      const run = (argv: Command['argv'], what: string) =>
        container.run({ ...root, argv, env: { PATH } }).then((each) => mustSucceed(each, { ...failure, what }))
      await run(shellCommand(options.beforeBuild), `The command before the build failed in the container of ${image}`)
      const own = giveBack(writable, container)
      if (own !== null) await run(own, 'The files that the command before the build wrote cannot be given to this user')
    }
    const kept = Object.entries(ports.env).filter(([name, value]) => value !== undefined && KEPT.test(name))
    const env = {
      ...(Object.fromEntries(kept) as Record<string, string>),
      ...{ HOME: posix.join(HOME, 'home'), CARGO_HOME: posix.join(HOME, 'cargo') },
    }
    const PATH = await pathWithRust(container, rust, { dir: folder, path, env })
    const exec: Exec = ({ argv, cwd, env: own = {}, onLine }) => {
      const { PATH: _, ...others } = own
      const set = Object.entries(others).filter((each): each is [string, string] => each[1] !== undefined)
      return container.run({
        ...{ argv, cwd, user: 'caller', env: { ...env, ...Object.fromEntries(set), PATH } },
        ...(onLine && { onLine }),
      })
    }
    return {
      image: container.image,
      targetDir: posix.join(HOME, 'target'),
      exec,
      pythons: () => pythonsInContainer(exec, folder),
      close: () => container.close(),
    }
  } catch (thrown) {
    await container.close()
    throw thrown
  }
}

const PREPARE_HINT =
  'Correct `before-build`; in a container, root runs it in the folder of the pyproject.toml, with `sh` and `find` of the image.'

/**
 * Returns the command by which root gives its files in folders to the user who builds; null if the container's root is that user,
 * whose own files it would give away.
 */
function giveBack(mounts: readonly Mount[], { rootless }: Pick<Container, 'rootless'>): Command['argv'] | null {
  if (rootless || process.getuid?.() === 0) return null
  const owner = `${process.getuid?.()}:${process.getgid?.()}`
  const folders = mounts.map((each) => each.host)
  return ['find', ...folders, '-xdev', '-user', '0', '-exec', 'chown', '-h', owner, '{}', '+']
}

function notLinux(image: string) {
  const message = `\`container\` is ${image}, but containers build wheels on Linux only.`
  return error('container-needs-linux', message, 'Leave `container` out on macOS and Windows, or run the job on Linux.')
}
