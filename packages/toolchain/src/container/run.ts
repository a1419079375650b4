import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import type { Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { ask, lastLine } from '../engine/engine-process.ts'
import { withoutSecrets } from '../secrets.ts'
import { type ContainerEngine, findContainerEngine, provideImage } from './container-engine.ts'

/** A file or folder of this machine in a container. */
export interface Mount {
  /** Absolute path here; must exist. */
  host: string
  /** Absolute path in the container; by default the same. */
  container?: string
  /** Whether the container can write to it; by default it can. */
  readOnly?: boolean
}

/** A container. */
export interface ContainerOptions {
  /** Name of its image, pulled if missing; `debian:12`, or with a digest. */
  image: string
  mounts?: readonly Mount[]
  /** `host` for this machine's network, `none` for no network; by default the engine's own. */
  network?: 'host' | 'none' | undefined
}

/** A command in a container. */
export interface ContainerCommand {
  argv: readonly [string, ...string[]]
  /** Working folder, an absolute path in the container. */
  cwd: string
  /** Variables added to those of the image; no other variable of this process reaches the container. Never secrets. */
  env?: Readonly<Record<string, string>>
  /** `caller`: this process's user, who then owns the files it writes. `root`: root. Default: the image's user. */
  user?: 'caller' | 'root' | undefined
  onLine?: (line: string) => void
}

/** A running container. */
export interface Container {
  /** The exact image: `python@sha256:…`, or `sha256:…` for one that was built here. */
  image: string
  /** Whether the engine runs without root: the container's root is then the calling user. */
  rootless: boolean
  /** Runs a command and returns its result, also of a failure; 126 or 127 when it cannot be started. */
  run(command: ContainerCommand): Promise<Finished>
  /** Ends all that runs in the container, and removes it. */
  close(): Promise<void>
}

/** Quotes a field of a CSV record (RFC 4180), the format of `--mount`. */
function csv(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

function mountFlag({ host, container = host, readOnly = false }: Mount): string[] {
  const fields = ['type=bind', `source=${host}`, `target=${container}`, ...(readOnly ? ['readonly'] : [])]
  return ['--mount', fields.map(csv).join(',')]
}

/** Variables that the engine's client reads itself, so that they cannot be in its environment. None is private. */
const OF_CLIENT = /^(PATH|HOME|TMPDIR|PWD|(DOCKER|PODMAN|CONTAINERS?|BUILDKIT|XDG|LD|SSL)_.*|_.*)$/

/**
 * Returns the flags that set variables in a container, and the environment of the client that they are taken from: a value
 * may be private, and other users of this machine can read arguments.
 */
function variables(env: Readonly<Record<string, string>> = {}): { flags: string[]; env: Record<string, string> } {
  const names = Object.keys(env)
  const inArgv = names.filter((each) => OF_CLIENT.test(each))
  return {
    flags: names.flatMap((each) => ['--env', inArgv.includes(each) ? `${each}=${env[each]}` : each]),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !inArgv.includes(name))),
  }
}

/** Returns the flag for a command's user. */
function userFlag({ rootless }: ContainerEngine, user: ContainerCommand['user']): string[] {
  if (user === undefined) return []
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()]
  return ['--user', user === 'root' || rootless ? '0:0' : `${uid}:${gid}`]
}

/** Returns why a container did not start: docker's client ends its output with an advice to read its help. */
function reasonOf(started: Finished): string {
  const lines = started.stderr.split('\n').filter((each) => !/^(Run|See) 'docker run --help'/.test(each))
  return lastLine({ ...started, stderr: lines.join('\n') })
}

/** How long a container stays at most if nobody is left to remove it: the limit of a job on GitHub's runners, in seconds. */
const LONGEST = '21600'

/**
 * Starts a container in which commands can be run one after the other, each as its own user.
 * The image needs the program `sleep`.
 * @throws ProblemError `no-engine`, `engine-unusable`, `image-not-pulled`, `container-not-started`
 */
export async function startContainer(
  ports: Ports,
  { image, mounts = [], network }: ContainerOptions,
): Promise<Container> {
  const engine = await findContainerEngine(ports)
  const exact = await provideImage(ports, engine, image)
  const name = `slipway-${randomUUID()}`
  const started = await ask(ports, [
    engine.program,
    'run',
    ...['--detach', '--rm', '--name', name],
    // Reaps the processes that a command leaves, and ends at once when it is asked to.
    '--init',
    // Where SELinux is on, a container otherwise cannot read what is mounted. Labelling the user's files would change them.
    ...['--security-opt', 'label=disable'],
    ...(network === undefined ? [] : ['--network', network]),
    ...mounts.flatMap(mountFlag),
    ...['--user', '0:0', '--entrypoint', 'sleep', '--', image, LONGEST],
  ])
  const remove = () => ask(ports, [engine.program, 'rm', '--force', '--volumes', '--', name])
  if (started.code !== 0) {
    await remove()
    const message = `${engine.name} cannot start a container of ${image}: ${reasonOf(started)}`
    const hint = 'Fix what the message names. The image needs `sleep` and `sh`; the engine must run on this machine.'
    throw new ProblemError(error('container-not-started', message, hint))
  }
  return {
    image: exact,
    rootless: engine.rootless,
    async run({ argv, cwd, env, user, onLine }) {
      const { flags, env: own } = variables(env)
      const words = ['exec', '--workdir', cwd, ...userFlag(engine, user), ...flags, name, ...argv]
      return ports.exec({
        argv: [engine.program, ...words],
        cwd: tmpdir(),
        env: { ...withoutSecrets(ports.env), ...own },
        ...(onLine && { onLine }),
      })
    },
    async close() {
      await remove()
    },
  }
}

/**
 * Starts a container, and removes it after its use, also of one that fails.
 * @throws ProblemError as `startContainer` does
 */
export async function withContainer<Result>(
  ports: Ports,
  options: ContainerOptions,
  use: (container: Container) => Promise<Result>,
): Promise<Result> {
  const container = await startContainer(ports, options)
  try {
    return await use(container)
  } finally {
    await container.close()
  }
}
