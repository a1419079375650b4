import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { devNull } from 'node:os'
import { dirname, join } from 'node:path'
import { MAX_GIT_OUTPUT_BYTES } from '../limits.ts'
import { type Answer, Refusal, type Request, type Service } from '../service.ts'
import type { Setting } from './call.ts'
import { changedRefs, gitRefs, takeRefs } from './pushed.ts'
import { DEFAULT_BRANCH } from './state.ts'

/** Environment of git: no user configuration and no terminal prompts. */
const ENVIRONMENT = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull }

/** Configuration of new repositories: GitHub serves any commit by its id, and partial clones. */
const CONFIGURATION = [
  ['uploadpack.allowAnySHA1InWant', 'true'],
  ['uploadpack.allowFilter', 'true'],
]

/**
 * Returns the service that git clones from and pushes to: `<address>/<owner>/<name>.git` (git, "HTTP transfer
 * protocols"), with the repositories in a folder. Anybody may read; a push needs the token as password. Pushed refs
 * also appear in the API.
 */
export function gitService({ store, token }: Pick<Setting, 'store' | 'token'>, folder: string): Service {
  const path = /^\/(?<owner>[^/]+)\/(?<name>[^/]+?)(?:\.git)?\/(?<what>info\/refs|git-upload-pack|git-receive-pack)$/

  const handle = async (request: Request, params: Record<string, string>): Promise<Answer> => {
    const { owner = '', name = '', what = '' } = params
    const writes = (what === 'info/refs' ? request.query.get('service') : what) === 'git-receive-pack'
    const signedIn = hasPassword(request, token)
    if (writes && !signedIn) throw unauthorized()
    const repository = repositoryIn(folder, owner, name)
    const refs = () => gitRefs((args) => git(repository, args))
    const before = what === 'git-receive-pack' ? refs() : null
    const answer = await httpBackend(repository, what, request, signedIn)
    if (!before) return answer
    const changes = changedRefs(before, refs())
    if (changes.length === 0) return answer
    return { ...answer, effect: store.change((state) => takeRefs(state, owner, name, changes)) }
  }

  return {
    name: 'git',
    routes: [
      { method: 'GET', path, handle },
      { method: 'POST', path, handle },
    ],
    unknown: () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' }),
  }
}

/**
 * Whether a request has the token as password, with any user name.
 * @throws Refusal 401 for another password
 */
function hasPassword({ headers }: Request, token: string): boolean {
  if (headers.authorization === undefined) return false
  const login = /^basic +(\S+)$/i.exec(headers.authorization)?.[1] ?? ''
  const [, password] = /^[^:]*:(.*)$/.exec(Buffer.from(login, 'base64').toString('utf8')) ?? []
  if (password !== token) throw unauthorized()
  return true
}

const unauthorized = () =>
  new Refusal({
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="GitHub"', 'content-type': 'text/plain' },
    body: 'Invalid username or token.',
  })

/**
 * Returns the folder of a repository, created on first use.
 * @throws Refusal 404
 */
function repositoryIn(folder: string, owner: string, name: string): string {
  const isName = (text: string) => /^[\w.-]+$/.test(text) && !/^\.+$/.test(text)
  if (!isName(owner) || !isName(name)) throw new Refusal({ status: 404, body: 'Not Found' })
  const repository = join(folder, owner.toLowerCase(), `${name.toLowerCase()}.git`)
  if (existsSync(repository)) return repository
  // The rename keeps a start after a kill from meeting a partial repository.
  mkdirSync(dirname(repository), { recursive: true })
  const draft = `${repository}.${randomBytes(4).toString('hex')}.tmp`
  git(draft, ['init', '--quiet', '--bare', `--initial-branch=${DEFAULT_BRANCH}`])
  for (const pair of CONFIGURATION) git(draft, ['config', ...pair])
  renameSync(draft, repository)
  return repository
}

/**
 * Runs git in a repository and returns its output.
 * @throws Error if git fails
 */
function git(repository: string, args: readonly string[]): string {
  const argv = ['--git-dir', repository, ...args]
  const { status, stdout, stderr, error } = spawnSync('git', argv, {
    encoding: 'utf8',
    env: ENVIRONMENT,
    maxBuffer: MAX_GIT_OUTPUT_BYTES,
  })
  if (status !== 0) throw error ?? new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** Answers with `git http-backend`, a CGI program (RFC 3875). It allows pushes only with a user name. */
function httpBackend(repository: string, what: string, request: Request, signedIn: boolean): Promise<Answer> {
  const { method, query, headers, body } = request
  const child = spawn('git', ['http-backend'], {
    env: {
      ...ENVIRONMENT,
      GIT_PROJECT_ROOT: repository,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${what}`,
      REQUEST_METHOD: method,
      QUERY_STRING: String(query),
      CONTENT_TYPE: headers['content-type'],
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: headers['content-encoding'],
      GIT_PROTOCOL: headers['git-protocol'] as string | undefined,
      REMOTE_ADDR: '127.0.0.1',
      ...(signedIn && { REMOTE_USER: 'slipway' }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  // The backend may answer without reading the whole body.
  child.stdin.on('error', () => {})
  child.stdin.end(body)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(answerOf(Buffer.concat(parts))))
  })
}

/** Reads the answer of a CGI program: header lines, an empty line, the body. */
function answerOf(output: Buffer): Answer {
  const end = output.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('git http-backend gave no answer')
  const lines = output.subarray(0, end).toString('latin1').split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.toLowerCase(), value.join(':').trim()]
    }),
  )
  const { status = '200', ...rest } = headers
  return { status: Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) }
}
