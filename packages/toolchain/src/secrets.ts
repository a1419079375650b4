/** Names of variables that look like secrets. */
const SECRET = /(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRETS?|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)(_|$)/i
/** An action's inputs: any of them may be a secret. */
const INPUT = /^INPUT_/i
/** The runner's services, and the files by which a step sets what later steps get (GitHub, "Workflow commands"). */
const RUNNER = /^(ACTIONS_\w+|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY))$/i

/**
 * Returns an overlay for `Command.env` that removes secrets, and the ways to change later steps: a build runs third-party
 * code (build scripts, macros, build backends), which must find neither.
 * @returns each variable of `env` with such a name, as `undefined`
 */
export function withoutSecrets(env: Readonly<Record<string, string | undefined>>): Record<string, undefined> {
  const secret = Object.keys(env).filter((name) => [SECRET, INPUT, RUNNER].some((each) => each.test(name)))
  return Object.fromEntries(secret.map((name) => [name, undefined]))
}
