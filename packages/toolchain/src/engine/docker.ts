import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromDockerArchive } from '@slipway/artifacts/oci/docker-archive'
import type { Ports } from '@slipway/core/ports'
import type { Problem } from '@slipway/core/problem'
import { findProgram } from '../command.ts'
import { dockerStore } from './docker-store.ts'
import type { BuildImageOptions, Engine } from './engine.ts'
import { noEngine, USE_A_BUILDER, unusable } from './engine-problem.ts'
import { ask, buildInto, lastLine, mustAsk, pairs, runBuild } from './engine-process.ts'

const NOT_SAVED = {
  code: 'image-build-failed',
  what: 'docker built the image but could not export it',
  hint: 'Run `docker info` and fix what it reports; the disk may be full.',
}

/** Returns the ids of all images in docker's store. */
async function ids(ports: Ports): Promise<string[]> {
  const { stdout } = await ask(ports, ['docker', 'image', 'ls', '--all', '--quiet', '--no-trunc'])
  return stdout.split('\n').filter(Boolean)
}

async function build(ports: Ports, options: BuildImageOptions): Promise<void> {
  const { context, file, target, hostNetwork, buildArgs, labels, platforms, sourceDateEpoch, annotations, out } =
    options
  await buildInto(out, async (layout, scratch) => {
    const iidFile = join(scratch, 'iid')
    const before = await ids(ports)
    const argv = [
      'build',
      '--force-rm',
      ...['--iidfile', iidFile],
      ...['--file', file],
      ...(target === undefined ? [] : ['--target', target]),
      ...(hostNetwork ? ['--network', 'host'] : []),
      ...platforms.flatMap((each) => ['--platform', each]),
      ...pairs('--build-arg', { ...buildArgs, SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
      ...pairs('--label', labels),
      '--',
      context,
    ]
    // DOCKER_BUILDKIT stays as the user set it: both builders support --iidfile, and without buildx only one works.
    // BUILDX_BUILDER is removed because another builder's images would not reach docker's store.
    await runBuild(ports, ['docker', ...argv], options, { BUILDX_BUILDER: undefined })
    const id = (await readFile(iidFile, 'utf8')).trim()
    try {
      const archive = join(scratch, 'image.tar')
      const files = join(scratch, 'files')
      await mustAsk(ports, ['docker', 'save', '--output', archive, '--', id], NOT_SAVED)
      await mkdir(files)
      await mustAsk(ports, ['tar', '--extract', '--no-same-owner', '--file', archive, '--directory', files], NOT_SAVED)
      await rm(archive)
      await fromDockerArchive(files, layout, annotations)
    } finally {
      // An image that existed before may be in use under other names.
      if (!before.includes(id)) await ask(ports, ['docker', 'image', 'rm', '--', id])
    }
  })
}

/** Finds docker without buildx: its daemon builds for one platform and saves an archive, which becomes a layout. */
export async function findDocker(ports: Ports, platforms: readonly string[]): Promise<Engine | Problem> {
  if ((await findProgram(ports.env, 'docker')) === null) {
    return noEngine('`docker` is not on PATH', 'Install Docker, or choose another engine.')
  }
  const server = await ask(ports, ['docker', 'version', '--format', '{{.Server.Version}}'])
  if (server.code !== 0) {
    const hint = 'Start the Docker daemon, or give this user access to its socket; `docker version` must succeed.'
    return unusable(`The Docker daemon does not answer (${lastLine(server)})`, hint)
  }
  if (platforms.length > 1) return unusable('Docker without buildx builds for one platform only', USE_A_BUILDER)
  return {
    name: 'docker',
    version: server.stdout.trim(),
    build: (options) => build(ports, options),
    ...dockerStore(ports),
  }
}
