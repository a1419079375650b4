import { error, ProblemError } from '@slipway/core/problem'
import { parseInterpreter } from '@slipway/core/python/interpreter'

/** A version of CPython: `3.12`, `3.12.4`, or free-threaded `3.14t`. */
const VERSION = /^3\.(\d{1,2})(?:\.\d{1,3})?t?$/

/** The oldest that Slipway uses, and the first that can be built without the global interpreter lock (PEP 703). */
const OLDEST_MINOR = 8
const OLDEST_FREE_THREADED_MINOR = 13

/**
 * Returns the versions of the input `python`, each once.
 * @throws ProblemError `python-request-invalid`
 */
export function parsePythonRequests(words: readonly string[]): string[] {
  for (const word of words) {
    const [, minor] = VERSION.exec(word) ?? []
    const oldest = word.endsWith('t') ? OLDEST_FREE_THREADED_MINOR : OLDEST_MINOR
    if (minor !== undefined && Number(minor) >= oldest) continue
    const found = parseInterpreter(word)
    if (found?.implementation === 'pypy' && found.minor >= OLDEST_MINOR) continue
    const message = `The input \`python\` contains ${JSON.stringify(word)}, which is no version of Python that Slipway can set up.`
    const hint = `Pass versions such as \`3.12\`, \`3.12.4\`, free-threaded \`3.14t\` or \`pypy3.11\`, from 3.${OLDEST_MINOR}, free-threaded ones from 3.${OLDEST_FREE_THREADED_MINOR}t; quote them in YAML, where 3.10 is a number.`
    throw new ProblemError(error('python-request-invalid', message, hint))
  }
  return [...new Set(words)]
}
