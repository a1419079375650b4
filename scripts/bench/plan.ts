import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const CRATES = 300

/** Writes a workspace of crates that each depend on six others and have five source files. */
function workspace(folder: string): void {
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const names = Array.from({ length: CRATES }, (_, index) => `crate${index}`)
  const shared = names.map((name) => `${name} = { path = "crates/${name}", version = "1.2.0" }\n`).join('')
  write(
    'Cargo.toml',
    `[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n[workspace.package]\nversion = "1.2.0"\n[workspace.dependencies]\n${shared}`,
  )
  write('CHANGELOG.md', '# Changelog\n\n## [1.2.0] - 2025-01-02\n\n- New.\n')
  for (const [index, name] of names.entries()) {
    const needs = names.slice(Math.max(0, index - 6), index).map((each) => `${each}.workspace = true\n`)
    const about = 'version.workspace = true\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n'
    write(`crates/${name}/Cargo.toml`, `[package]\nname = "${name}"\n${about}[dependencies]\n${needs.join('')}`)
    for (const source of ['lib', 'a', 'b', 'c', 'd']) write(`crates/${name}/src/${source}.rs`, '')
  }
}

/** Returns five timings in milliseconds of a plan of a workspace of 300 crates, and of `cargo metadata --no-deps` in it. */
export function planTimes(command: string): { plan: number[]; cargo: number[] } {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  const timed = (argv: readonly [string, ...string[]]): number => {
    const start = process.hrtime.bigint()
    const { status } = spawnSync(argv[0], argv.slice(1), { cwd: folder, stdio: 'ignore' })
    if (status !== 0) throw new Error(`${argv.join(' ')} failed`)
    return Number(process.hrtime.bigint() - start) / 1e6
  }
  try {
    workspace(folder)
    const rounds = Array.from({ length: 5 }, () => ({
      plan: timed([process.execPath, command, 'plan', '--offline']),
      cargo: timed(['cargo', 'metadata', '--no-deps', '--format-version', '1']),
    }))
    return { plan: rounds.map((each) => each.plan), cargo: rounds.map((each) => each.cargo) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
