import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { findProgram } from '../command.ts'
import { noEngine, unusable } from '../engine/engine-problem.ts'
import { ask, lastLine } from '../engine/engine-process.ts'

/** The engines that run containers, in order of preference. Their command lines are the same as far as they are used here. */
const NAMES = ['docker', 'podman'] as const

/** A program that runs containers on this machine. */
export interface ContainerEngine {
  name: (typeof NAMES)[number]
  /** Absolute path of its client. */
  program: string
  /** Whether it runs without root: a container's root is then the calling user, and its other users are nobody here. */
  rootless: boolean
}

/** Commands that fail unless the engine works, and print whether it runs without root. */
const ROOTLESS: Record<ContainerEngine['name'], string> = {
  docker: '{{json .SecurityOptions}}',
  podman: 'rootless={{.Host.Security.Rootless}}',
}

/**
 * Returns docker, or podman where there is no docker.
 * @throws ProblemError `no-engine` when neither is on PATH, `engine-unusable` when it does not answer
 */
export async function findContainerEngine(ports: Ports): Promise<ContainerEngine> {
  for (const name of NAMES) {
    const program = await findProgram(ports.env, name)
    if (program === null) continue
    const info = await ask(ports, [program, 'info', '--format', ROOTLESS[name]])
    // With a server that does not answer, docker's client still exits 0 in some versions, and prints an error.
    if (info.code !== 0 || info.stdout.trim() === '' || info.stdout.trim() === 'null') {
      const hint =
        name === 'docker'
          ? 'Start the Docker daemon, or give this user access to its socket; `docker version` must succeed.'
          : 'Run `podman info` and fix what it reports.'
      throw new ProblemError(unusable(`${name} does not answer (${lastLine(info)})`, hint, NO_CONTAINER))
    }
    return { name, program, rootless: /name=rootless|rootless=true/.test(info.stdout) }
  }
  const hint = 'Install Docker (on a self-hosted runner: docker/setup-docker-action) or podman.'
  throw new ProblemError(noEngine('Neither docker nor podman is on PATH', hint, NO_CONTAINER))
}

const NO_CONTAINER = 'no command can be run in a container'

/**
 * Pulls an image unless the engine's store has it.
 * @param image its name
 * @returns what names exactly these bytes: its digest in its registry, `python@sha256:…`, else its id, `sha256:…`
 * @throws ProblemError `image-not-pulled`
 */
export async function provideImage(ports: Ports, { name, program }: ContainerEngine, image: string): Promise<string> {
  // One line each; an image that was built here has no digest of a registry.
  const format = '{{range .RepoDigests}}{{println .}}{{end}}{{.Id}}'
  const inspect = () => ask(ports, [program, 'image', 'inspect', '--format', format, '--', image])
  let found = await inspect()
  if (found.code !== 0) {
    ports.log.info(`Pulling ${image}.`)
    const pulled = await ask(ports, [program, 'pull', '--quiet', '--', image])
    found = pulled.code === 0 ? await inspect() : pulled
  }
  if (found.code === 0) return found.stdout.trim().split('\n')[0] as string
  const message = `${name} cannot pull ${image}, so nothing can be run in it: ${lastLine(found)}`
  throw new ProblemError(error('image-not-pulled', message, `Check the name, the network and \`${name} login\`.`))
}
