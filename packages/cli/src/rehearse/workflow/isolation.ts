import { chmod, cp, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { cacheDir } from '@slipway/toolchain/cache'
import { readCargoConfig, replacedSource } from '@slipway/toolchain/cargo-config'
import { stringify } from 'smol-toml'

type Env = Ports['env']

/**
 * The user's variables that a rehearsed workflow sees: paths of tools and engines, and how they reach their sources.
 */
const SHARED =
  /^(?:PATH|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TERM|USER|LOGNAME|SHELL|RUSTUP_HOME|RUSTUP_TOOLCHAIN|RUSTUP_AUTO_INSTALL|PYENV_ROOT|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|CARGO_(?:HTTP|NET|BUILD)_(?!PROXY)\w+|PIP_(?!PROXY\b)\w+|CC|CXX|AR|CFLAGS|LDFLAGS|PKG_CONFIG_PATH|MACOSX_DEPLOYMENT_TARGET|SDKROOT|DOCKER_HOST|CONTAINERS_STORAGE_CONF|BUILDAH_ISOLATION|SLIPWAY_CACHE_DIR)$/

/** Programs that could act for the user elsewhere, with keys found without HOME. */
const WITHHELD = ['ssh', 'scp', 'sftp', 'ssh-agent', 'ssh-add']

/** Variables that every action of the run gets, whatever an earlier step wrote to GITHUB_ENV. */
export type Fixed = Readonly<Record<string, string>>

/** What an isolated run needs from outside. */
export interface Isolation {
  /** The project, whose folder and parents may have a configuration of cargo. */
  project: string
  /** Address of the proxy for all requests beyond this machine. */
  proxy: string
  fixed: Fixed
}

/**
 * Creates a home without anything of the user's, and returns the complete environment for it.
 * @param folder for the home and the programs that come first on PATH; cargo's downloads in it are reused
 */
export async function isolate(
  ports: Ports,
  folder: string,
  { project, proxy, fixed }: Isolation,
): Promise<Record<string, string>> {
  const home = join(folder, 'home')
  const bin = join(folder, 'bin')
  const cargoHome = join(folder, 'cargo-home')
  // Remove what an earlier run left, including logins.
  await rm(home, { recursive: true, force: true })
  for (const each of [home, bin, join(home, '.config'), join(home, '.cache'), join(home, 'gnupg')]) {
    await mkdir(each, { recursive: true, mode: 0o700 })
  }
  await fillCargoHome(ports.env, project, cargoHome)
  await copyPipConfig(ports.env, home)
  const userHome = ports.env.HOME ?? homedir()
  const shared = Object.entries(ports.env).flatMap(([name, value]) =>
    SHARED.test(name) && value !== undefined ? [[name, value]] : [],
  )
  const env: Record<string, string> = {
    RUSTUP_HOME: join(userHome, '.rustup'),
    PYENV_ROOT: join(userHome, '.pyenv'),
    SLIPWAY_CACHE_DIR: cacheDir(ports.env),
    ...Object.fromEntries(shared),
    PATH: `${bin}${delimiter}${ports.env.PATH ?? ''}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    GNUPGHOME: join(home, 'gnupg'),
    CARGO_HOME: cargoHome,
    GIT_TERMINAL_PROMPT: '0',
    ...proxies(proxy),
  }
  await writeNode(join(bin, 'node'), { ...fixed, ...proxies(proxy) })
  for (const each of WITHHELD) {
    await writeProgram(join(bin, each), `#!/bin/sh\necho 'Slipway: a rehearsal has no ${each}.' >&2\nexit 1\n`)
  }
  return env
}

/** Returns the variables that send programs, and Node, through a proxy; local addresses bypass it. */
export function proxies(url: string): Record<string, string> {
  const none = 'localhost,127.0.0.1,::1'
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']
  const upper = Object.fromEntries(names.map((each) => [each, url]))
  const lower = Object.fromEntries(names.map((each) => [each.toLowerCase(), url]))
  return { ...upper, ...lower, NO_PROXY: none, no_proxy: none, NODE_USE_ENV_PROXY: '1' }
}

/**
 * Fills a CARGO_HOME with the configuration for crates.io and copies of cargo's downloads, without credentials.
 */
async function fillCargoHome(env: Env, project: string, home: string): Promise<void> {
  const user = env.CARGO_HOME ?? join(env.HOME ?? homedir(), '.cargo')
  await mkdir(home, { recursive: true })
  const { network, registries, replacement } = await readCargoConfig(env, project)
  const named = Object.fromEntries(Object.entries(registries).map(([name, index]) => [name, { index }]))
  const net = { ...network, ...(network.http && { http: withoutProxy(network.http as Record<string, string>) }) }
  await writeFile(join(home, 'config.toml'), stringify({ ...net, registries: named, ...replacedSource(replacement) }))
  for (const each of ['index', 'cache']) {
    const to = join(home, 'registry', each)
    if (await stat(to).catch(() => null)) continue
    await cp(join(user, 'registry', each), to, { recursive: true }).catch(unlessMissing)
  }
}

function withoutProxy({ proxy: _, ...http }: Record<string, string>) {
  return http
}

async function copyPipConfig(env: Env, home: string): Promise<void> {
  const userHome = env.HOME ?? homedir()
  const config = env.XDG_CONFIG_HOME ?? join(userHome, '.config')
  for (const file of [join(config, 'pip', 'pip.conf'), join(userHome, '.pip', 'pip.conf')]) {
    await cp(file, join(home, '.config', 'pip', 'pip.conf')).catch(unlessMissing)
  }
}

/**
 * Writes a `node` that sets variables and then runs the real one, because an earlier step may write others to
 * GITHUB_ENV. It is not a shell script, which would drop inputs such as INPUT_DRY-RUN: a shell cannot hold that name.
 */
async function writeNode(file: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const text = `#!${process.execPath}
const node = ${JSON.stringify(process.execPath)}
const env = { ...process.env, ...${JSON.stringify(variables)} }
const args = process.argv.slice(2)
// act asks node where it is, and starts actions by that path.
if (args.at(-1) === 'console.log(process.execPath)') console.log(${JSON.stringify(file)})
else if (process.execve) process.execve(node, [node, ...args], env)
else process.exitCode = require('node:child_process').spawnSync(node, args, { env, stdio: 'inherit' }).status ?? 1
`
  await writeFile(join(dirname(file), 'package.json'), '{ "type": "commonjs" }\n')
  await writeProgram(file, text)
}

async function writeProgram(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o755)
}

function unlessMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause
}
