import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { DOCKER_HUB } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { PUBLIC } from '../endpoints.ts'
import type { Credentials } from './authorization.ts'

/**
 * The file that `docker login`, `podman login` and `buildah login` write (docker CLI, "config.json";
 * containers-auth.json(5)).
 */
interface AuthFile {
  auths?: Record<string, { auth?: string; identitytoken?: string }>
  credHelpers?: Record<string, string>
  credsStore?: string
}

/** The answer of a credential helper (docker-credential-helpers, "Development"). */
interface HelperAnswer {
  Username?: string
  Secret?: string
}

/** The user name with which a helper marks the secret as an identity token. */
const TOKEN_USER = '<token>'

/**
 * Returns the login that an engine stores for a registry, from the first file that has one; null if none does.
 * @param mask hides each secret as soon as it is read
 * @throws ProblemError `login-unreadable` when a stored login cannot be read
 */
export async function storedLogin(
  ports: Pick<Ports, 'env' | 'exec'>,
  registry: string,
  mask: (secret: string) => void,
): Promise<Credentials | null> {
  for (const file of authFiles(ports.env)) {
    const found = await loginIn(ports, file, registry)
    if (!found) continue
    mask('password' in found ? found.password : found.identityToken)
    return found
  }
  return null
}

/** Returns the files that may store logins, in the order in which engines read them. */
function authFiles(env: Ports['env']): string[] {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, DOCKER_CONFIG } = env
  const docker = DOCKER_CONFIG || join(env.HOME || env.USERPROFILE || homedir(), '.docker')
  return [
    ...(REGISTRY_AUTH_FILE ? [REGISTRY_AUTH_FILE] : []),
    join(docker, 'config.json'),
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
  ]
}

async function loginIn(
  ports: Pick<Ports, 'env' | 'exec'>,
  path: string,
  registry: string,
): Promise<Credentials | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  // Docker treats an empty file as one without logins.
  if (text === null || text.trim() === '') return null
  const file = parsed<AuthFile>(text, `${path} is not JSON`)
  // Docker stores the login of Docker Hub under an older address.
  const keys = registry === DOCKER_HUB ? [PUBLIC.dockerhub.login, DOCKER_HUB] : [registry, `https://${registry}`]
  for (const key of keys) {
    const helper = file.credHelpers?.[key] ?? file.credsStore
    const found = helper === undefined ? null : await askHelper(ports, helper, key)
    if (found) return found
    const entry = file.auths?.[key]
    if (entry?.identitytoken) return { identityToken: entry.identitytoken }
    if (entry?.auth) return passwordIn(entry.auth, path)
  }
  return null
}

function passwordIn(auth: string, path: string): Credentials {
  const [, username, password] = /^([^:]+):([\s\S]+)$/.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? []
  if (username !== undefined && password !== undefined) return { username, password }
  throw new ProblemError(unreadable(`an \`auth\` in ${path} is not \`user:password\``))
}

/** Runs `docker-credential-<name> get`, which takes the key on standard input and prints JSON. */
async function askHelper(
  { env, exec }: Pick<Ports, 'env' | 'exec'>,
  name: string,
  key: string,
): Promise<Credentials | null> {
  const program = `docker-credential-${name}`
  const cwd = env.HOME || homedir()
  const finished = await exec({ argv: [program, 'get'], cwd, input: key }).catch((cause) => {
    throw new ProblemError(unreadable(`\`${program}\` cannot be started`), cause)
  })
  // Helpers report on standard output that they have no login; any other failure must be shown.
  if (finished.code !== 0 && /credentials not found|no credentials server URL/i.test(finished.stdout)) return null
  if (finished.code !== 0) throw new ProblemError(unreadable(`\`${program} get\` failed with code ${finished.code}`))
  const answer = parsed<HelperAnswer>(finished.stdout, `\`${program} get\` did not print JSON`)
  const { Username: username, Secret: secret } = answer
  if (!username || !secret) return null
  return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret }
}

/** Parses JSON; `null` becomes an empty object. */
function parsed<T extends object>(text: string, failure: string): T {
  try {
    return (JSON.parse(text) ?? {}) as T
  } catch {
    // The parser's error quotes the text, which may contain a secret, so it must not become the cause.
    throw new ProblemError(unreadable(failure))
  }
}

function unreadable(why: string) {
  return error(
    'login-unreadable',
    `Slipway cannot read the stored logins: ${why}.`,
    'Run `docker login` for the registry again, or pass a user name and a token.',
  )
}
