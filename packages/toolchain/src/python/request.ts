import { error, ProblemError } from '@slipway/core/problem'
import { isUsable, parseInterpreter } from '@slipway/core/python/interpreter'

/** The third number of a version. */
const PATCH = /^(3\.\d{1,2})\.\d{1,3}(?=t?$)/

/**
 * Returns the versions of the input `python`, each once.
 * @throws ProblemError `python-request-invalid`
 */
export function parsePythonRequests(words: readonly string[]): string[] {
  for (const word of words) {
    const found = parseInterpreter(word.replace(PATCH, '$1'))
    if (found && isUsable(found)) continue
    const message = `The input \`python\` contains ${JSON.stringify(word)}, which is no version of Python that Slipway can set up.`
    const hint = `Pass versions such as \`3.12\`, \`3.12.4\`, free-threaded \`3.14t\` or \`pypy3.11\`, from 3.8, free-threaded ones from 3.13t; quote them in YAML, where 3.10 is a number.`
    throw new ProblemError(error('python-request-invalid', message, hint))
  }
  return [...new Set(words)]
}
