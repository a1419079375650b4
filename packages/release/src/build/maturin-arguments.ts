import { error, ProblemError } from '@slipway/core/problem'
import { splitCommand } from '@slipway/documents/shell-words'

/** Options of `maturin build` that Slipway sets, and the inputs for them; null: Slipway decides. */
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
  '--sdist': 'sdist',
  '--out': 'out',
  '-o': 'out',
  '--target-dir': null,
  '--manifest-path': null,
  '-m': null,
}

/**
 * Splits more arguments of `maturin build` into words.
 * @throws ProblemError `maturin-arguments-invalid` when quotes are open, or Slipway sets such an option itself
 */
export function maturinArguments(text: string): string[] {
  const words = text.trim() === '' ? [] : splitCommand(text)
  if (words === null) throw invalid('has open quotes', 'Close the quotes in the input `args`.')
  for (const word of words) {
    const [name = ''] = word.split('=')
    if (!Object.hasOwn(OWN, name)) continue
    const input = OWN[name]
    const hint = input ? `Use the input \`${input}\` instead.` : `Remove \`${name}\`.`
    throw invalid(`contains \`${name}\`, which Slipway sets`, hint)
  }
  return words
}

function invalid(what: string, hint: string): ProblemError {
  return new ProblemError(error('maturin-arguments-invalid', `The input \`args\` ${what}.`, hint))
}
