/** Names of variables that look like secrets. */
const SECRET = /(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRETS?|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)(_|$)/i
/** An action's inputs: any of them may be a secret. */
const INPUT = /^INPUT_/i

/**
 * Returns an overlay for `Command.env` that removes secrets: a build runs third-party code (build scripts, macros, build
 * backends), which must not find a token.
 * @returns each variable of `env` with a secret-looking name, as `undefined`
 */
export function withoutSecrets(env: Readonly<Record<string, string | undefined>>): Record<string, undefined> {
  const secret = Object.keys(env).filter((name) => SECRET.test(name) || INPUT.test(name))
  return Object.fromEntries(secret.map((name) => [name, undefined]))
}
