import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, posix } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { readCargoConfig, replacedSource } from '../cargo-config.ts'
import { mustRun } from '../command.ts'
import { lastLine } from '../engine/engine-process.ts'
import { lockedFlag } from '../lock-file.ts'
import { findRust } from '../rust.ts'
import { withoutSecrets } from '../secrets.ts'
import type { Container, Mount } from './run.ts'

/** This machine's Rust, for containers of the same processor. */
export interface LentRust {
  /** Folder of the toolchain's programs, the same in the container. */
  bin: string
  /** The toolchain, and cargo's downloads. */
  mounts: Mount[]
}

/**
 * Prepares this machine's Rust for a container: its toolchain, which runs on any Linux with glibc 2.17 (the rustc book,
 * "Platform support"), and a CARGO_HOME with the same registries and downloads but without credentials.
 * @param dir the folder that is built, whose toolchain file applies
 * @param target Rust's target triple; default: this machine's
 * @param scratch existing folder on this machine that the container has as `home`
 * @throws ProblemError `rust-missing`
 */
export async function lendRust(
  ports: Ports,
  { dir, target, scratch, home }: { dir: string; target: string | undefined; scratch: string; home: string },
): Promise<LentRust> {
  const { cargo, host } = await findRust(ports, dir)
  const { stdout } = await mustRun(
    ports.exec,
    { argv: ['rustc', '--print', 'sysroot'], cwd: dir, env: withoutSecrets(ports.env) },
    { code: 'rust-missing', what: '`rustc --print sysroot` failed', hint: 'Install Rust with rustup.' },
  )
  const sysroot = stdout.trim()
  // Here are the network, the certificates and the logins of the registries. If it fails, cargo in the container tries again.
  const words = ['fetch', ...(await lockedFlag(ports, dir)), '--target', target ?? host]
  await ports.exec({ argv: [cargo, ...words], cwd: dir, env: withoutSecrets(ports.env), onLine: ports.log.debug })
  const user = ports.env.CARGO_HOME ?? join(ports.env.HOME ?? homedir(), '.cargo')
  const own = join(scratch, 'cargo')
  const downloads = ['registry', 'git'].map((name) => ({
    host: join(user, name),
    container: posix.join(home, 'cargo', name),
  }))
  // An engine makes missing folders as root.
  for (const each of ['registry', 'git']) await mkdir(join(own, each), { recursive: true })
  for (const each of downloads) await mkdir(each.host, { recursive: true })
  await writeFile(join(own, 'config.toml'), await configFor(ports, dir))
  // The Rust of a distribution is in /usr, in whose place the image has its own programs.
  const toolchain = /^\/usr(\/local)?\/?$/.test(sysroot) ? [] : [{ host: sysroot, readOnly: true }]
  return { bin: join(sysroot, 'bin'), mounts: [...toolchain, ...downloads] }
}

/** Returns cargo's configuration of the registries. Files that it names are not in the container. */
async function configFor({ env }: Ports, dir: string): Promise<string> {
  const { stringify } = await import('smol-toml')
  const { network, registries, replacement } = await readCargoConfig(env, dir)
  const { cainfo: _, ...http } = (network.http ?? {}) as Record<string, string>
  const named = Object.fromEntries(Object.entries(registries).map(([name, index]) => [name, { index }]))
  return stringify({ ...network, http, registries: named, ...replacedSource(replacement) })
}

/**
 * Returns the PATH with which Rust runs in a container: the image's own cargo if this user can run it, else this machine's.
 * @param path the image's PATH
 * @param env the other variables of the build
 * @throws ProblemError `container-without-rust`
 */
export async function pathWithRust(
  container: Container,
  { bin }: LentRust,
  { dir, path, env }: { dir: string; path: string; env: Record<string, string> },
): Promise<string> {
  const works = (PATH: string) =>
    container.run({ argv: ['sh', '-c', 'cargo -V && rustc -vV'], cwd: dir, user: 'caller', env: { ...env, PATH } })
  if ((await works(path)).code === 0) return path
  const lent = [bin, path].join(delimiter)
  const finished = await works(lent)
  if (finished.code === 0) return lent
  const message = `The image has no Rust that this user can run, and this machine's does not run in it: ${lastLine(finished)}`
  const hint =
    'Use an image with glibc 2.17 or later, or one with its own Rust (`cargo` and `rustc` on PATH for all users).'
  throw new ProblemError(error('container-without-rust', message, hint))
}
