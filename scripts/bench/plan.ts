import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DIST, type Entry, inFolder, program, run, sideBySide } from './measure.ts'

const CRATES = 300

/** A workspace of crates that each need six others, with five source files each. */
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

/** A plan of 300 crates, which may take as many times what cargo takes to list them as makes two seconds. */
export async function plan(): Promise<Entry[]> {
  const cargo = program('cargo')
  return inFolder(async (cwd) => {
    workspace(cwd)
    const seconds = async (...argv: [string, ...string[]]) => (await run(argv, { cwd })).seconds
    const times = await sideBySide({
      ours: () => seconds(process.execPath, join(DIST, 'slipway.js'), 'plan', '--offline'),
      cargo: () => seconds(cargo, 'metadata', '--no-deps', '--format-version', '1'),
    })
    const what = `plan of 300 crates, offline (${times.ours.toFixed(2)} s)`
    const against = `cargo metadata --no-deps (${times.cargo.toFixed(2)} s)`
    return [{ name: 'plan', what, against, ratio: times.ours / times.cargo, limit: 2 / times.cargo }]
  })
}
