import { splitCommand } from '@slipway/documents/shell-words'

/** Options of `maturin build` that Slipway sets, and the settings and inputs for them; null: Slipway decides. */
const OWN: Record<string, string | null> = {
  '--release': 'profile',
  '-r': 'profile',
  '--profile': 'profile',
  '--features': 'features',
  '-F': 'features',
  '--strip': 'strip',
  '--target': 'target',
  '--interpreter': 'interpreter',
  '-i': 'interpreter',
  '--find-interpreter': 'interpreter',
  '-f': 'interpreter',
  '--compatibility': 'manylinux',
  '--manylinux': 'manylinux',
  '--zig': 'zig',
  '--auditwheel': 'repair',
  '--skip-auditwheel': 'repair',
  '--sdist': 'sdist',
  '--out': 'out',
  '-o': 'out',
  '--target-dir': null,
  '--manifest-path': null,
  '-m': null,
}

/** What is wrong with arguments of `maturin build`, as in `has open quotes`, and what to do. */
export interface WrongArguments {
  why: string
  hint: string
}

/** Splits more arguments of `maturin build` into words; says what is wrong if quotes are open, or Slipway sets one of them. */
export function maturinArguments(text: string): string[] | WrongArguments {
  const words = text.trim() === '' ? [] : splitCommand(text)
  if (words === null) {
    const hint = 'Close the quotes, and put quotes around `$`, `*`, `|` and the like.'
    return { why: 'has open quotes, or needs a shell', hint }
  }
  // What follows `--` is for rustc.
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
  for (const word of own) {
    // The value of a short option may follow it at once: `-Fsimd`.
    const [name = ''] = word.startsWith('--') ? word.split('=') : [word.slice(0, 2)]
    if (!Object.hasOwn(OWN, name)) continue
    const other = OWN[name]
    return {
      why: `contains \`${name}\`, which Slipway sets`,
      hint: other ? `Use \`${other}\` instead.` : `Remove \`${name}\`.`,
    }
  }
  return words
}
