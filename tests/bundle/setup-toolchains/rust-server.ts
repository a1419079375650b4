import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { succeed, temporaryFolder, write } from '../../sandbox/harness.ts'
import { serveFiles } from './serve.ts'

const sha256 = (text: Buffer | string) => createHash('sha256').update(text).digest('hex')

/** What rustc prints of itself, as recorded from rustup's toolchains. */
const verbose = (version: string, host: string) => `rustc ${version} (0123456789 2026-01-02)
binary: rustc
commit-hash: 0123456789abcdef0123456789abcdef01234567
commit-date: 2026-01-02
host: ${host}
release: ${version}
LLVM version: 21.1.2`

/** The programs of a stand-in for a toolchain, which only knows its version. */
function programOf(name: string, version: string, host: string): string {
  if (name === 'rustc')
    return `#!/bin/sh\n[ "$1" = -vV ] && cat <<'END' || echo 'rustc ${version} (0123456789 2026-01-02)'\n${verbose(version, host)}\nEND\n`
  return `#!/bin/sh\necho '${name} ${version} (0123456789 2026-01-02)'\n`
}

/** Components that every toolchain of the server has, with the program of each. */
const COMPONENTS = { rustc: 'rustc', cargo: 'cargo', 'rust-std': '', clippy: 'cargo-clippy', rustfmt: 'rustfmt' }

/** Packs a component as rust-installer does (rust-lang/rust, `src/tools/rust-installer`). */
async function archiveOf(component: string, program: string, version: string, host: string): Promise<Buffer> {
  const dir = temporaryFolder()
  const name = `${component}-${version}-${host}`
  const file = program === '' ? `lib/rustlib/${host}/lib/std` : `bin/${program}`
  write(join(dir, name), {
    'rust-installer-version': '3\n',
    components: `${component}-${host}\n`,
    [`${component}-${host}/manifest.in`]: `file:${file}\n`,
    [`${component}-${host}/${file}`]: programOf(program, version, host),
  })
  await succeed(['chmod', '-R', 'a+rx', name], { cwd: dir })
  await succeed(['tar', '-czf', 'archive.tar.gz', name], { cwd: dir })
  return readFileSync(join(dir, 'archive.tar.gz'))
}

/** A server of toolchains as rustup expects it (rustup's book, `RUSTUP_DIST_SERVER`; the channel's manifest, version 2). */
export async function rustServer(
  host: string,
  channels: Record<string, string>,
): Promise<{ base: string; asked: string[] }> {
  const archives = new Map<string, Buffer>()
  for (const version of new Set(Object.values(channels))) {
    for (const [component, program] of Object.entries(COMPONENTS)) {
      archives.set(`/dist/${component}-${version}.tar.gz`, await archiveOf(component, program, version, host))
    }
  }
  return serveFiles((base) => {
    const manifests = Object.entries(channels).flatMap(([channel, version]) => {
      const path = `/dist/channel-rust-${channel}.toml`
      const text = manifestOf(base, version, host, archives)
      return [
        [path, text],
        [`${path}.sha256`, `${sha256(text)}  channel-rust-${channel}.toml\n`],
      ] as const
    })
    return Object.fromEntries([...manifests, ...archives])
  })
}

function manifestOf(base: string, version: string, host: string, archives: Map<string, Buffer>): string {
  const named = `${version} (0123456789 2026-01-02)`
  const packages = Object.keys(COMPONENTS).map((component) => {
    const path = `/dist/${component}-${version}.tar.gz`
    return `[pkg.${component}]
version = "${named}"
[pkg.${component}.target.${host}]
available = true
url = "${base}${path}"
hash = "${sha256(archives.get(path) ?? '')}"
`
  })
  const list = (kind: string, names: string[]) =>
    names.map((each) => `[[pkg.rust.target.${host}.${kind}]]\npkg = "${each}"\ntarget = "${host}"\n`).join('')
  return `manifest-version = "2"
date = "2026-01-02"
${packages.join('')}[pkg.rust]
version = "${named}"
[pkg.rust.target.${host}]
available = true
url = "${base}/dist/rust-${version}.tar.gz"
hash = "${sha256('')}"
${list('components', ['rustc', 'cargo', 'rust-std'])}${list('extensions', ['clippy', 'rustfmt'])}[profiles]
minimal = ["rustc", "cargo", "rust-std"]
default = ["rustc", "cargo", "rust-std", "clippy", "rustfmt"]
complete = ["rustc", "cargo", "rust-std", "clippy", "rustfmt"]
`
}

/** A home for rustup that has only this machine's stable toolchain; nothing in it is shared but that toolchain's files. */
export async function rustupHome(): Promise<{ home: string; host: string; stable: string }> {
  const say = async (...argv: string[]) => (await succeed(argv)).stdout.trim()
  const sysroot = await say('rustc', '--print', 'sysroot')
  const text = await say('rustc', '-vV')
  const host = /^host: (\S+)/m.exec(text)?.[1] ?? ''
  const stable = /^release: (\S+)/m.exec(text)?.[1] ?? ''
  const home = temporaryFolder()
  mkdirSync(join(home, 'toolchains'))
  symlinkSync(sysroot, join(home, 'toolchains', `stable-${host}`))
  write(home, {
    'settings.toml': `version = "12"\ndefault_toolchain = "stable-${host}"\nprofile = "minimal"\n[overrides]\n`,
  })
  return { home, host, stable }
}
