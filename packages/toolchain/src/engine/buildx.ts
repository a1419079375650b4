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

/** A field of a CSV record (RFC 4180), which is what `--output` reads. */
function csv(field: string): string {
  return `"${field.replaceAll('"', '""')}"`
}

async function build(ports: Ports, options: BuildImageOptions): Promise<void> {
  const { context, file, target, buildArgs, labels, annotations, platforms, sourceDateEpoch, out } = options
  await buildInto(out, async (layout) => {
    const argv = [
      ...['--output', `type=oci,tar=false,${csv(`dest=${layout}`)},rewrite-timestamp=true`],
      // Both name the time and the machine: with them no two builds are the same.
      ...['--provenance=false', '--sbom=false'],
      ...['--progress', 'plain'],
      ...['--file', file],
      ...(target === undefined ? [] : ['--target', target]),
      ...(platforms.length === 0 ? [] : ['--platform', platforms.join(',')]),
      ...pairs('--build-arg', { ...buildArgs, SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
      ...pairs('--label', labels),
      ...pairs('--annotation', annotations),
      '--',
      context,
    ]
    await runBuild(ports, ['docker', 'buildx', 'build', ...argv], options)
    // Where BuildKit's store writes blobs before they are whole.
    await rm(join(layout, 'ingest'), { recursive: true, force: true })
  })
}

/** Whether the builder can resolve an image: a build of nothing else asks it. */
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

/** Whether the docker daemon keeps images in containerd's store, whose own builder exports layouts (Docker 25 and later). */
async function usesContainerd(ports: Ports): Promise<boolean> {
  const { stdout } = await ask(ports, ['docker', 'info', '--format', '{{json .DriverStatus}}'])
  return stdout.includes('io.containerd.snapshotter')
}

/** Buildx: BuildKit exports the layout itself; its images are run by docker's daemon. */
export async function findBuildx(ports: Ports): Promise<Engine | Problem> {
  if ((await findProgram(ports.env, 'docker')) === null) {
    return noEngine('There is no `docker` on PATH', 'Install Docker with its buildx plugin, or choose another engine.')
  }
  const version = await ask(ports, ['docker', 'buildx', 'version'])
  if (version.code !== 0) {
    const hint = 'Install the buildx plugin (docker/setup-buildx-action), or choose another engine.'
    return noEngine('Docker has no buildx plugin here', hint)
  }
  const builder = await ask(ports, ['docker', 'buildx', 'inspect'])
  const why = builder.code === 0 ? /^Error:[ \t]*(.*)/m.exec(builder.stdout)?.[1] : lastLine(builder)
  if (why !== undefined) {
    return unusable(`The builder of buildx does not answer (${why})`, '`docker buildx inspect` must show no error.')
  }
  if (/^Driver:[ \t]*docker$/m.test(builder.stdout) && !(await usesContainerd(ports))) {
    return unusable('The builder that buildx has selected is docker itself, which exports no layout', USE_A_BUILDER)
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
      const hint = 'Let the Docker daemon run beside the builder, or leave out the smoke test of the image.'
      throw new ProblemError(
        unusable(`Buildx only builds, and no Docker daemon answers that could run (${lastLine(daemon)})`, hint),
      )
    },
    // What a builder has of an image is its cache.
    forget: async () => {},
  }
}
