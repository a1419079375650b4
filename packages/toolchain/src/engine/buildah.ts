import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { joinPlatforms } from '@slipway/artifacts/oci/join'
import type { Ports } from '@slipway/core/ports'
import type { Problem } from '@slipway/core/problem'
import { findProgram } from '../command.ts'
import { buildahStore } from './buildah-store.ts'
import type { BuildImageOptions, Engine } from './engine.ts'
import { noEngine, unusable } from './engine-problem.ts'
import { ask, buildInto, lastLine, mustAsk, pairs, runBuild } from './engine-process.ts'

const HINT = 'Run `buildah info` and fix what it reports; the disk may be full.'
const NOT_PUSHED = {
  code: 'image-build-failed',
  what: 'buildah built the image but could not export it',
  hint: HINT,
}
/** Returns the flags that set the image's time and SOURCE_DATE_EPOCH; before 1.41 the latter must be a build argument. */
async function dated(ports: Ports, epoch: number): Promise<string[]> {
  const { stdout } = await ask(ports, ['buildah', 'build', '--help'])
  return stdout.includes('--source-date-epoch')
    ? ['--source-date-epoch', String(epoch), '--rewrite-timestamp']
    : ['--timestamp', String(epoch), '--build-arg', `SOURCE_DATE_EPOCH=${epoch}`]
}

/** Builds for one platform, by default this machine's, into a layout, and removes the image from the store. */
async function buildOne(ports: Ports, options: BuildImageOptions, platform: string[], scratch: string, name: string) {
  const { context, file, target, hostNetwork, buildArgs, labels, annotations, sourceDateEpoch } = options
  const iidFile = join(scratch, 'iid')
  const { stdout: before } = await ask(ports, ['buildah', 'images', '--all', '--quiet', '--no-trunc'])
  const argv = [
    'build',
    ...['--format', 'oci'],
    ...(await dated(ports, sourceDateEpoch)),
    // The base image is the one that `provide` found; older versions looked for a newer one by default.
    '--pull=missing',
    ...['--iidfile', iidFile],
    ...['--file', file],
    ...(target === undefined ? [] : ['--target', target]),
    ...(hostNetwork ? ['--network', 'host'] : []),
    ...platform.flatMap((each) => ['--platform', each]),
    ...pairs('--build-arg', buildArgs),
    ...pairs('--label', labels),
    ...pairs('--annotation', annotations),
    '--',
    context,
  ]
  await runBuild(ports, ['buildah', ...argv], options)
  const id = (await readFile(iidFile, 'utf8')).trim()
  try {
    // The path is relative because `oci:PATH:NAME` ends the path at the next colon.
    await mustAsk(ports, ['buildah', 'push', '--quiet', '--format', 'oci', id, `oci:${name}`], NOT_PUSHED, scratch)
  } finally {
    // The user may have had the same image in the store before.
    if (!before.includes(id)) await ask(ports, ['buildah', 'rmi', id])
  }
}

async function build(ports: Ports, options: BuildImageOptions): Promise<void> {
  const { platforms, out } = options
  await buildInto(out, async (layout, scratch) => {
    if (platforms.length <= 1) return buildOne(ports, options, [...platforms], scratch, 'layout')
    const images: { platform: string; folder: string }[] = []
    // One after another, so that the index keeps the order of the platforms.
    for (const [index, platform] of platforms.entries()) {
      await buildOne(ports, options, [platform], scratch, `platform-${index}`)
      images.push({ platform, folder: join(scratch, `platform-${index}`) })
    }
    await joinPlatforms(images, layout)
  })
}

/**
 * Returns the ports to call buildah with, without DOCKER_CONFIG when that folder has no config.json: before 1.31 buildah
 * fails on it ("checking authfile"), although such a folder is valid.
 */
async function buildahPorts(ports: Ports): Promise<Ports> {
  const folder = ports.env.DOCKER_CONFIG
  if (!folder || (await stat(join(folder, 'config.json')).catch(() => null))) return ports
  return { ...ports, exec: (command) => ports.exec({ ...command, env: { ...command.env, DOCKER_CONFIG: undefined } }) }
}

/**
 * Finds buildah, which builds without a daemon. The user configures its storage and isolation (storage.conf,
 * BUILDAH_ISOLATION).
 */
export async function findBuildah(jobPorts: Ports): Promise<Engine | Problem> {
  if ((await findProgram(jobPorts.env, 'buildah')) === null) {
    return noEngine('`buildah` is not on PATH', 'Install buildah, or choose another engine.')
  }
  const ports = await buildahPorts(jobPorts)
  // Listing images fails where buildah may not write to its store; `--version` would not.
  const images = await ask(ports, ['buildah', 'images', '--quiet'])
  if (images.code !== 0) return unusable(`buildah cannot use its store (${lastLine(images)})`, HINT)
  const { stdout } = await ask(ports, ['buildah', '--version'])
  return {
    name: 'buildah',
    version: /\d+\.\d+\S*/.exec(stdout)?.[0] ?? stdout.trim(),
    build: (options) => build(ports, options),
    ...buildahStore(ports),
  }
}
