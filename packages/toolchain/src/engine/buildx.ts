import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { type Problem, ProblemError } from '@slipway/core/problem'
import { findProgram } from '../command.ts'
import { withoutSecrets } from '../secrets.ts'
import { dockerStore } from './docker-store.ts'
import type { BuildImageOptions, Engine } from './engine.ts'
import { noEngine, USE_A_BUILDER, unusable } from './engine-problem.ts'
import { ask, buildInto, lastLine, pairs, runBuild } from './engine-process.ts'

/** Quotes a field of a CSV record (RFC 4180), the format of `--output`. */
function csv(field: string): string {
  return `"${field.replaceAll('"', '""')}"`
}

async function build(ports: Ports, options: BuildImageOptions): Promise<void> {
  const { context, file, target, hostNetwork, buildArgs, labels, annotations, platforms, sourceDateEpoch, out } =
    options
  await buildInto(out, async (layout) => {
    const argv = [
      ...['--output', `type=oci,tar=false,${csv(`dest=${layout}`)},rewrite-timestamp=true`],
      // Both record the time and the machine, so with them no two builds would be equal.
      ...['--provenance=false', '--sbom=false'],
      ...['--progress', 'plain'],
      ...['--file', file],
      ...(target === undefined ? [] : ['--target', target]),
      ...(hostNetwork ? ['--network', 'host', '--allow', 'network.host'] : []),
      ...(platforms.length === 0 ? [] : ['--platform', platforms.join(',')]),
      ...pairs('--build-arg', { ...buildArgs, SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
      ...pairs('--label', labels),
      ...pairs('--annotation', annotations),
      '--',
      context,
    ]
    await runBuild(ports, ['docker', 'buildx', 'build', ...argv], options)
    // BuildKit's scratch folder for incomplete blobs.
    await rm(join(layout, 'ingest'), { recursive: true, force: true })
  })
}

/** Checks that the builder can resolve an image, by a build that only has it as its base. */
async function provide({ exec, env, log }: Ports, reference: string): Promise<string | null> {
  const finished = await exec({
    argv: ['docker', 'buildx', 'build', '--output', 'type=cacheonly', '--progress', 'plain', '-'],
    cwd: tmpdir(),
    env: withoutSecrets(env),
    input: `FROM ${reference}\n`,
    onLine: log.debug,
  })
  return finished.code === 0 ? null : lastLine(finished)
}

/** Whether docker keeps images in containerd's store; its built-in builder then exports layouts (Docker 25 and later). */
async function usesContainerd(ports: Ports): Promise<boolean> {
  const { stdout } = await ask(ports, ['docker', 'info', '--format', '{{json .DriverStatus}}'])
  return stdout.includes('io.containerd.snapshotter')
}

/** Finds buildx: BuildKit exports the layout, and docker's daemon runs the image. */
export async function findBuildx(ports: Ports): Promise<Engine | Problem> {
  if ((await findProgram(ports.env, 'docker')) === null) {
    return noEngine('`docker` is not on PATH', 'Install Docker with its buildx plugin, or choose another engine.')
  }
  const version = await ask(ports, ['docker', 'buildx', 'version'])
  if (version.code !== 0) {
    const hint = 'Install the buildx plugin (docker/setup-buildx-action), or choose another engine.'
    return noEngine('Docker has no buildx plugin', hint)
  }
  const builder = await ask(ports, ['docker', 'buildx', 'inspect'])
  const why = builder.code === 0 ? /^Error:[ \t]*(.*)/m.exec(builder.stdout)?.[1] : lastLine(builder)
  if (why !== undefined) {
    return unusable(`The builder of buildx does not answer (${why})`, 'Run `docker buildx inspect` and fix its error.')
  }
  if (/^Driver:[ \t]*docker$/m.test(builder.stdout) && !(await usesContainerd(ports))) {
    return unusable("buildx uses docker's own builder, which cannot export an OCI layout", USE_A_BUILDER)
  }
  const store = dockerStore(ports)
  return {
    name: 'buildx',
    version: /v?(\d+\.\d+\.\d+\S*)/.exec(version.stdout)?.[1] ?? version.stdout.trim(),
    build: (options) => build(ports, options),
    provide: (reference) => provide(ports, reference),
    async run(image, argv) {
      const daemon = await ask(ports, ['docker', 'version', '--format', '{{.Server.Version}}'])
      if (daemon.code === 0) return store.run(image, argv)
      const hint = 'Start the Docker daemon, or leave out the smoke test of the image.'
      throw new ProblemError(
        unusable(`buildx cannot run images, and the Docker daemon does not answer (${lastLine(daemon)})`, hint),
      )
    },
    // A builder keeps images only in its cache.
    forget: async () => {},
  }
}
