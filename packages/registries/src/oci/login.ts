import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { DOCKER_HUB } from '@slipway/core/image'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { PUBLIC } from '../endpoints.ts'
import type { Credentials } from './authorization.ts'

/** What `docker login`, `podman login` and `buildah login` write (docker CLI, "config.json"; containers-auth.json(5)). */
interface AuthFile {
  auths?: Record<string, { auth?: string; identitytoken?: string }>
  credHelpers?: Record<string, string>
  credsStore?: string
}

/** What a credential helper answers (docker-credential-helpers, "Development"). */
interface HelperAnswer {
  Username?: string
  Secret?: string
}

/** A helper says by this user name that the secret is an identity token. */
const TOKEN_USER = '<token>'

/**
 * The login that an engine has for a registry, or null: of the first of its files that knows one.
 * @param mask told of each secret as soon as it is read
 * @throws ProblemError `login-unreadable` when there is one but it cannot be had
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

/** In the order in which engines look. */
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
  // Docker takes an empty file for one with no logins.
  if (text === null || text.trim() === '') return null
  const file = parsed<AuthFile>(text, `${path} is not JSON`)
  // The name that docker gives Docker Hub is older than its address.
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
  throw new ProblemError(unreadable(`an \`auth\` in ${path} is no user and password`))
}

/** Asks `docker-credential-<name> get`: the key on standard input, JSON back. */
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
  // Helpers tell on standard output that they know nothing; any other failure of theirs has a reason to be seen.
  if (finished.code !== 0 && /credentials not found|no credentials server URL/i.test(finished.stdout)) return null
  if (finished.code !== 0) throw new ProblemError(unreadable(`\`${program} get\` failed with code ${finished.code}`))
  const answer = parsed<HelperAnswer>(finished.stdout, `\`${program} get\` did not answer in JSON`)
  const { Username: username, Secret: secret } = answer
  if (!username || !secret) return null
  return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret }
}

/** JSON of an object, or what else it holds as one without members. */
function parsed<T extends object>(text: string, failure: string): T {
  try {
    return (JSON.parse(text) ?? {}) as T
  } catch {
    // The parser's error quotes the text, which may hold a secret: it is told nowhere, as a cause neither.
    throw new ProblemError(unreadable(failure))
  }
}

function unreadable(why: string) {
  return error(
    'login-unreadable',
    `The stored logins cannot be read: ${why}.`,
    'Run `docker login` for the registry again, or give a user and a token.',
  )
}
