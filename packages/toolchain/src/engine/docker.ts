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
  what: 'The image was built, but docker did not give it out',
  hint: 'Run `docker info` and mend what it says; is the disk full?',
}

/** Ids of all images in docker's store. */
async function ids(ports: Ports): Promise<string[]> {
  const { stdout } = await ask(ports, ['docker', 'image', 'ls', '--all', '--quiet', '--no-trunc'])
  return stdout.split('\n').filter(Boolean)
}

async function build(ports: Ports, options: BuildImageOptions): Promise<void> {
  const { context, file, target, buildArgs, labels, platforms, sourceDateEpoch, annotations, out } = options
  await buildInto(out, async (layout, scratch) => {
    const iidFile = join(scratch, 'iid')
    const before = await ids(ports)
    const argv = [
      'build',
      '--force-rm',
      ...['--iidfile', iidFile],
      ...['--file', file],
      ...(target === undefined ? [] : ['--target', target]),
      ...platforms.flatMap((each) => ['--platform', each]),
      ...pairs('--build-arg', { ...buildArgs, SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
      ...pairs('--label', labels),
      '--',
      context,
    ]
    // DOCKER_BUILDKIT stays as the user set it: both builders name the image in a file, and without buildx only one works.
    // Another builder's images do not come into docker's store.
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
      // One that was there before has other names or users.
      if (!before.includes(id)) await ask(ports, ['docker', 'image', 'rm', '--', id])
    }
  })
}

/** Docker by itself: its daemon builds for one platform and saves an archive, which is turned into a layout. */
export async function findDocker(ports: Ports, platforms: readonly string[]): Promise<Engine | Problem> {
  if ((await findProgram(ports.env, 'docker')) === null) {
    return noEngine('There is no `docker` on PATH', 'Install Docker, or choose another engine.')
  }
  const server = await ask(ports, ['docker', 'version', '--format', '{{.Server.Version}}'])
  if (server.code !== 0) {
    const hint = 'Start the Docker daemon, or let this user at its socket; `docker version` must answer.'
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
