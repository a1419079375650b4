import { chmod, cp, mkdir, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { cacheDir } from '@slipway/toolchain/cache'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { stringify } from 'smol-toml'
import { replacedSource } from '../cargo-overlay.ts'

type Env = Ports['env']

/** Variables of the user's that a rehearsed workflow sees: where tools are and how they reach what they read. */
const SHARED =
  /^(?:PATH|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TERM|USER|LOGNAME|SHELL|RUSTUP_HOME|RUSTUP_TOOLCHAIN|RUSTUP_AUTO_INSTALL|PYENV_ROOT|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|CARGO_(?:HTTP|NET|BUILD)_(?!PROXY)\w+|PIP_(?!PROXY\b)\w+|CC|CXX|AR|CFLAGS|LDFLAGS|PKG_CONFIG_PATH|MACOSX_DEPLOYMENT_TARGET|SDKROOT|SLIPWAY_CACHE_DIR)$/

/** Programs that would speak for the user elsewhere by keys that are found without HOME. */
const WITHHELD = ['ssh', 'scp', 'sftp', 'ssh-agent', 'ssh-add']

/** What every action of the run is given, whatever a step before it wrote into GITHUB_ENV. */
export type Fixed = Readonly<Record<string, string>>

/**
 * Makes a home that holds nothing of the user's, and returns the whole environment that goes with it.
 * @param folder for the home and the programs that come first on PATH; what is there is used again
 * @param proxy what everything beyond this machine goes through
 */
export async function isolate(
  ports: Ports,
  folder: string,
  proxy: string,
  fixed: Fixed,
): Promise<Record<string, string>> {
  const home = join(folder, 'home')
  const bin = join(folder, 'bin')
  const cargoHome = join(folder, 'cargo-home')
  for (const each of [home, bin, join(home, '.config'), join(home, '.cache'), join(home, 'gnupg')]) {
    await mkdir(each, { recursive: true, mode: 0o700 })
  }
  await fillCargoHome(ports.env, cargoHome)
  await copyPipConfig(ports.env, home)
  const own = ports.env.HOME ?? homedir()
  const shared = Object.entries(ports.env).flatMap(([name, value]) =>
    SHARED.test(name) && value !== undefined ? [[name, value]] : [],
  )
  const env: Record<string, string> = {
    RUSTUP_HOME: join(own, '.rustup'),
    PYENV_ROOT: join(own, '.pyenv'),
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
  const node = join(bin, 'node')
  await writeProgram(node, [
    // act asks node where it is, and starts actions by that path.
    `case "$*" in *'-e console.log(process.execPath)') echo ${quoted(node)}; exit;; esac`,
    // A step may write these into GITHUB_ENV; an action must see the sandbox all the same.
    ...Object.entries({ ...fixed, ...proxies(proxy) }).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `exec ${quoted(process.execPath)} "$@"`,
  ])
  for (const each of WITHHELD) {
    await writeProgram(join(bin, each), [`echo 'Slipway: a rehearsal has no ${each}.' >&2`, 'exit 1'])
  }
  return env
}

/** The variables that send programs through a proxy, and Node too; this machine is reached without it. */
export function proxies(url: string): Record<string, string> {
  const none = 'localhost,127.0.0.1,::1'
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']
  const upper = Object.fromEntries(names.map((each) => [each, url]))
  const lower = Object.fromEntries(names.map((each) => [each.toLowerCase(), url]))
  return { ...upper, ...lower, NO_PROXY: none, no_proxy: none, NODE_USE_ENV_PROXY: '1' }
}

/** A CARGO_HOME with the user's way to reach crates.io and copies of what cargo fetched, but no credentials. */
async function fillCargoHome(env: Env, home: string): Promise<void> {
  const user = env.CARGO_HOME ?? join(env.HOME ?? homedir(), '.cargo')
  await mkdir(home, { recursive: true })
  const { network, registries } = await readCargoConfig(env)
  const named = Object.fromEntries(Object.entries(registries).map(([name, index]) => [name, { index }]))
  const net = { ...network, ...(network.http && { http: withoutProxy(network.http as Record<string, string>) }) }
  await writeFile(join(home, 'config.toml'), stringify({ ...net, registries: named, ...(await replacedSource(env)) }))
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
  const own = env.HOME ?? homedir()
  const config = env.XDG_CONFIG_HOME ?? join(own, '.config')
  for (const file of [join(config, 'pip', 'pip.conf'), join(own, '.pip', 'pip.conf')]) {
    await cp(file, join(home, '.config', 'pip', 'pip.conf')).catch(unlessMissing)
  }
}

async function writeProgram(file: string, lines: readonly string[]): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${lines.join('\n')}\n`)
  await chmod(file, 0o755)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function unlessMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause
}
