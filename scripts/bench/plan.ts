import { join } from 'node:path'
import { cleanEnvironment } from './action.ts'
import { BenchError, type BenchOptions, DIST, type Entry, inFolder, program, run, sideBySide } from './measure.ts'
import { listed, openNetwork, type Sent } from './network.ts'
import { write } from './repository.ts'

const CRATES = 300

/** The most seconds that an online plan may take. */
const ONLINE_SECONDS = 10

const NAMES = Array.from({ length: CRATES }, (_, index) => `crate${index}`)

/** A workspace of crates that each need six others, with five source files each. */
function workspace(folder: string): void {
  const shared = NAMES.map((name) => `${name} = { path = "crates/${name}", version = "1.2.0" }\n`).join('')
  const common = 'version = "1.2.0"\nrepository = "https://github.com/owner/project"\n'
  const root = `[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n[workspace.package]\n${common}[workspace.dependencies]\n${shared}`
  write(folder, { 'Cargo.toml': root, 'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-01-02\n\n- New.\n' })
  const sources = Object.fromEntries(['lib', 'a', 'b', 'c', 'd'].map((each) => [`src/${each}.rs`, '']))
  const about =
    'version.workspace = true\nrepository.workspace = true\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n'
  for (const [index, name] of NAMES.entries()) {
    const needs = NAMES.slice(Math.max(0, index - 6), index).map((each) => `${each}.workspace = true\n`)
    const manifest = `[package]\nname = "${name}"\n${about}[dependencies]\n${needs.join('')}`
    write(join(folder, 'crates', name), { 'Cargo.toml': manifest, ...sources })
  }
}

/** Plans, which may take as many times what cargo takes to list the crates as makes two seconds. */
async function offline(cwd: string): Promise<Entry> {
  const cargo = program('cargo')
  const seconds = async (...argv: [string, ...string[]]) => (await run(argv, { cwd })).seconds
  const times = await sideBySide({
    ours: () => seconds(process.execPath, join(DIST, 'slipway.js'), 'plan', '--offline'),
    cargo: () => seconds(cargo, 'metadata', '--no-deps', '--format-version', '1'),
  })
  const what = `plan of ${CRATES} crates, offline (${times.ours.toFixed(2)} s)`
  const against = `cargo metadata --no-deps (${times.cargo.toFixed(2)} s)`
  return { name: 'plan', what, against, ratio: times.ours / times.cargo, limit: 2 / times.cargo }
}

/** Plans the next version of crates that crates.io has, far away. */
async function online(cwd: string, folder: string, { delay, trace }: BenchOptions): Promise<Entry> {
  const network = await openNetwork(folder, delay)
  try {
    for (const name of NAMES) {
      const body = JSON.stringify({ name })
      const answer = await fetch(`${network.description.control.url}/cargo/placeholder`, { method: 'PUT', body })
      if (!answer.ok) throw new BenchError(`The sandbox refused the crate ${name} with ${answer.status}.`)
    }
    let sent: Sent[] = []
    const { ours } = await sideBySide({
      ours: async () => {
        network.take()
        const env = { ...cleanEnvironment(), SLIPWAY_SANDBOX: network.file }
        const { seconds } = await run([process.execPath, join(DIST, 'slipway.js'), 'plan'], { cwd, env })
        sent = network.take()
        return seconds
      },
    })
    trace('plan: online', listed(sent))
    const requests = sent.filter((each) => each.service === 'cargo').length
    if (requests < CRATES) throw new BenchError(`The plan sent ${requests} requests for ${CRATES} crates.`)
    const what = `plan of ${CRATES} crates, online (${ours.toFixed(2)} s)`
    return { name: 'plan', what, against: `${ONLINE_SECONDS} s`, ratio: ours / ONLINE_SECONDS, limit: 1, requests }
  } finally {
    await network.close()
  }
}

/** Plans of 300 crates: from the files alone, and with what crates.io has of them. */
export async function plan(options: BenchOptions): Promise<Entry[]> {
  return inFolder(async (folder) => {
    const cwd = join(folder, 'project')
    workspace(cwd)
    return [await offline(cwd), await online(cwd, folder, options)]
  })
}
