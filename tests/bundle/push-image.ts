import { chmodSync, copyFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { descriptionFile } from '@slipway/sandbox/description'
import type { OciName } from '@slipway/sandbox/oci/registry'
import { programFile } from '../engines/harness.ts'
import { succeed, type Tested, temporaryFolder } from '../sandbox/harness.ts'
import { runAction, type Step } from './action.ts'
import { commit, WORKSPACE } from './project.ts'

/** The two registries of a sandbox, in the order in which they are pushed to. */
export const REGISTRIES = ['dockerhub', 'ghcr'] as const

/** What the images here are made of: a shell and nothing else. Says of each token that the build saw. */
const DOCKERFILE = `FROM scratch
ARG WHO=nobody
ARG DEPLOY_TOKEN
COPY busybox /bin/sh
RUN ["/bin/sh", "-c", "echo $WHO of $DEPLOY_TOKEN > /told"]
`

/** A repository with an image, of version 1.2.0 unless its files say another; the same files make the same commit. */
export async function imageProject(changes: Record<string, string> = {}): Promise<string> {
  const dir = temporaryFolder()
  copyFileSync(await programFile('busybox'), join(dir, 'busybox'))
  chmodSync(join(dir, 'busybox'), 0o755)
  await commit(dir, { ...WORKSPACE, Dockerfile: DOCKERFILE, ...changes })
  return dir
}

/** The files that give the workspace another version. */
export function ofVersion(version: string): Record<string, string> {
  const files = ['Cargo.toml', 'app/Cargo.toml', 'CHANGELOG.md']
  return Object.fromEntries(files.map((each) => [each, (WORKSPACE[each] as string).replaceAll('1.2.0', version)]))
}

/** The commit that a repository is at. */
export async function commitOf(dir: string): Promise<string> {
  return (await succeed(['git', 'rev-parse', 'HEAD'], { cwd: dir })).stdout.trim()
}

/** `127.0.0.1:PORT/own/app` at each registry, one per line. */
export function namesAt(sandbox: Tested): string {
  return REGISTRIES.map((each) => `${hostOf(sandbox, each)}/own/app`).join('\n')
}

export function hostOf(sandbox: Tested, service: OciName): string {
  return new URL(sandbox[service].registry).host
}

/** A client's configuration with a login at these registries; gives its folder. */
export function loggedIn(
  sandbox: Tested,
  services: readonly OciName[] = REGISTRIES,
  folder: string = temporaryFolder(),
): string {
  const login = (service: OciName) => {
    const { username, password } = sandbox[service]
    return [hostOf(sandbox, service), { auth: Buffer.from(`${username}:${password}`).toString('base64') }]
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: Object.fromEntries(services.map(login)) }))
  return folder
}

/** A PATH with git and these files, and so without any engine unless it is one of them. */
export async function onlyPath(...files: string[]): Promise<string> {
  const bin = temporaryFolder()
  for (const each of [await programFile('git'), ...files])
    symlinkSync(each, join(bin, each.split('/').at(-1) as string))
  return bin
}

/** A program put in another's place on PATH, that goes on as the other. */
export interface Watched {
  /** PATH. */
  path: string
  /** Arguments of each start, one per line. */
  argv(): string[]
  /** Every variable that any of them saw, `NAME=VALUE` a line. */
  env(): string
}

/** Watches how engines are called. */
export async function watched(...programs: string[]): Promise<Watched> {
  const bin = temporaryFolder()
  const read = (name: string) => (existsSync(join(bin, name)) ? readFileSync(join(bin, name), 'utf8') : '')
  for (const each of programs) {
    const script = `#!/bin/sh\nprintf '%s\\n' "$*" >> '${bin}/argv.txt'\nenv >> '${bin}/env.txt'\nexec '${await programFile(each)}' "$@"\n`
    writeFileSync(join(bin, each), script, { mode: 0o755 })
  }
  return {
    path: `${bin}${delimiter}${process.env.PATH}`,
    argv: () => read('argv.txt').split('\n').filter(Boolean),
    env: () => read('env.txt'),
  }
}

/** Pushes the image of a repository to both registries. */
export function push(
  sandbox: Tested,
  cwd: string,
  inputs: Record<string, string> = {},
  env: Record<string, string | undefined> = {},
  token?: string,
): Promise<Step> {
  return runAction(
    'push-image',
    { images: namesAt(sandbox), ...inputs },
    {
      cwd,
      env: { DOCKER_CONFIG: loggedIn(sandbox), SLIPWAY_SANDBOX: descriptionFile(sandbox.dir), ...env },
      ...(token !== undefined && { token }),
    },
  )
}

/** What a step did, as `ARTIFACT STATUS` at each registry. */
export function done(step: Step): string[] {
  const receipts = JSON.parse(step.outputs.receipts ?? '[]') as { artifact: string; status: string }[]
  return receipts.map((each) => `${each.artifact} ${each.status}`)
}

/** The titles of a step's annotations. */
export const titles = (step: Step) => step.annotations.map((each) => each.properties.title)

/** What was changed in the registries, in order, by requests after number `n`. */
export async function changes(sandbox: Tested, n = 0): Promise<string[]> {
  return (await sandbox.steer.log(n)).flatMap((each) => (each.effect === null ? [] : [each.effect]))
}

/** The digest that a tag names at each registry, as skopeo tells it; null where it is not there. */
export async function digestsOf(
  sandbox: Tested,
  tag: string,
  repositories: Record<OciName, string> = { dockerhub: 'own/app', ghcr: 'own/app' },
): Promise<(string | null)[]> {
  const authfile = join(loggedIn(sandbox), 'config.json')
  return Promise.all(
    REGISTRIES.map(async (each) => {
      const image = `docker://${hostOf(sandbox, each)}/${repositories[each]}:${tag}`
      const argv = ['skopeo', 'inspect', '--tls-verify=false', '--authfile', authfile, '--format', '{{.Digest}}', image]
      return succeed(argv)
        .then(({ stdout }) => stdout.trim())
        .catch(() => null)
    }),
  )
}
