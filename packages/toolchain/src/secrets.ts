/** Names of variables that hold what opens a door. */
const SECRET = /(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRETS?|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)(_|$)/i
/** An action's inputs: any of them may be a secret. */
const INPUT = /^INPUT_/i

/**
 * What a build must not see, as an overlay for `Command.env`: a build runs code of strangers (build scripts, macros,
 * build backends), which must find no token.
 * @returns each variable of `env` with a secret-looking name, as `undefined`
 */
export function withoutSecrets(env: Readonly<Record<string, string | undefined>>): Record<string, undefined> {
  const secret = Object.keys(env).filter((name) => SECRET.test(name) || INPUT.test(name))
  return Object.fromEntries(secret.map((name) => [name, undefined]))
}
