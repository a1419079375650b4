import { few } from '@slipway/core/counted'
import { error, type Problem, warning } from '@slipway/core/problem'
import type { Wheel } from './wheel.ts'

interface Checked {
  name: string
  wheel: Pick<Wheel, 'files'>
}

/** Files that a wheel should not have: how to recognize them, what they do, and how to leave them out. */
const STRAY: readonly [pattern: RegExp, what: string, consequence: string, hint: string][] = [
  [
    /\.pyc$|(?:^|\/)__pycache__\//,
    'compiled Python',
    'which other versions of Python ignore',
    'Build in a clean checkout, and exclude `__pycache__`: pip compiles at installation.',
  ],
  [
    /^tests?\/.*\.py$/,
    'tests at its top',
    'which every project that does the same overwrites',
    'Exclude the folder, or move it into your package: an installed top-level `tests` belongs to nobody.',
  ],
  [
    /^(?:Cargo\.(?:toml|lock)|build\.rs)$|^src\/.*\.rs$/,
    'Rust sources at its top',
    'which are installed beside all other packages',
    'Exclude them, for example with `exclude` of [tool.maturin]; the sdist has them.',
  ],
  [
    /(?:^|\/)\.env$/,
    'a file of environment variables',
    'which often has secrets',
    'Remove the file, list it in .gitignore, and build again.',
  ],
]

/** Warns about files that were packed by mistake. */
export function strayFiles({ name, wheel }: Checked): Problem[] {
  const paths = [...wheel.files.keys()]
  return STRAY.flatMap(([pattern, what, consequence, hint]) => {
    const found = paths.filter((each) => pattern.test(each))
    if (found.length === 0) return []
    return [warning('wheel-stray-files', `${name} contains ${what} (${few(found)}), ${consequence}.`, hint)]
  })
}

/** Folders whose keys are usually made up. */
const TESTS = /(?:^|\/)(?:tests?|testing)\//

/** Reports secrets in the files of a wheel. A private key among tests is a warning: many are made for them. */
export function secrets({ name, wheel }: Checked): Problem[] {
  return [...wheel.files].flatMap(([path, { secrets: kinds }]) =>
    kinds.map((kind) => {
      const isMadeUp = kind === 'private key' && TESTS.test(path)
      const message = `${name} contains a ${kind} in ${path}, which everybody can read once it is published.`
      const hint = 'Revoke it, remove it from the repository, and build again.'
      return (isMadeUp ? warning : error)('wheel-secret', message, hint)
    }),
  )
}
