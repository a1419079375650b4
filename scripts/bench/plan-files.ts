import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIST, type Entry, inFolder, program, run, sideBySide } from './measure.ts'
import { commit, write } from './repository.ts'

/** Files in the repository, and how many times what cargo takes a plan may take. */
const SIZES = [
  { files: 1000, limit: null },
  // Of cargo's 0.15 s and 0.6 s: 1.5 s and 7 s.
  { files: 10_000, limit: 10 },
  { files: 50_000, limit: 11.7 },
]

/** A crate in a repository of so many files, a hundred in each folder. */
async function repository(folder: string, files: number): Promise<void> {
  write(folder, {
    'Cargo.toml':
      '[package]\nname = "many-files"\nversion = "1.2.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n',
    'src/lib.rs': '',
    'CHANGELOG.md': '# Changelog\n\n## [1.2.0] - 2025-01-02\n\n- New.\n',
  })
  for (let file = 3; file < files; file++) {
    const at = join(folder, 'data', String(Math.floor(file / 100)))
    if (file % 100 === 0 || file === 3) mkdirSync(at, { recursive: true })
    writeFileSync(join(at, `file-${file}.txt`), `${file}\n`)
  }
  await commit(folder)
}

/** A plan of a crate among many files, against cargo, which lists them. */
export async function planFiles(): Promise<Entry[]> {
  const cargo = program('cargo')
  return inFolder(async (folder) => {
    const measured: { files: number; limit: number | null; ours: number; cargo: number }[] = []
    for (const { files, limit } of SIZES) {
      const cwd = join(folder, String(files))
      await repository(cwd, files)
      const seconds = async (...argv: [string, ...string[]]) => (await run(argv, { cwd })).seconds
      const times = await sideBySide({
        ours: () => seconds(process.execPath, join(DIST, 'slipway.js'), 'plan', '--offline'),
        cargo: () => seconds(cargo, 'package', '--list', '--offline'),
      })
      measured.push({ files, limit, ...times })
    }
    return measured.map(({ files, limit, ours, cargo: its }, index) => {
      const before = measured[index - 1]
      const exponent = before && Math.log(ours / before.ours) / Math.log(files / before.files)
      const grows = exponent === undefined ? '' : `, grown by the power of ${exponent.toFixed(2)}`
      const what = `plan of a crate among ${files.toLocaleString('en')} files, offline (${ours.toFixed(2)} s${grows})`
      const against = `cargo package --list (${its.toFixed(2)} s)`
      return { name: 'plan-files', what, against, ratio: ours / its, limit }
    })
  })
}
