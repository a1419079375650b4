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

const HINT = 'Run `buildah info` and mend what it says; is the disk full?'
const NOT_PUSHED = {
  code: 'image-build-failed',
  what: 'The image was built, but buildah did not give it out',
  hint: HINT,
}
/** Flags that date what is built, and tell the build the time; versions before 1.41 have no way of their own for the latter. */
async function dated(ports: Ports, epoch: number): Promise<string[]> {
  const { stdout } = await ask(ports, ['buildah', 'build', '--help'])
  return stdout.includes('--source-date-epoch')
    ? ['--source-date-epoch', String(epoch), '--rewrite-timestamp']
    : ['--timestamp', String(epoch), '--build-arg', `SOURCE_DATE_EPOCH=${epoch}`]
}

/** Builds for one platform, or this machine's, into a layout; the image does not stay in the store. */
async function buildOne(ports: Ports, options: BuildImageOptions, platform: string[], scratch: string, name: string) {
  const { context, file, target, buildArgs, labels, annotations, sourceDateEpoch } = options
  const iidFile = join(scratch, 'iid')
  const { stdout: before } = await ask(ports, ['buildah', 'images', '--all', '--quiet', '--no-trunc'])
  const argv = [
    'build',
    ...['--format', 'oci'],
    ...(await dated(ports, sourceDateEpoch)),
    // What `provide` found is what is built on; the default was once to ask for a newer one.
    '--pull=missing',
    ...['--iidfile', iidFile],
    ...['--file', file],
    ...(target === undefined ? [] : ['--target', target]),
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
    // A relative path: what follows a colon in `oci:PATH:NAME` is a name.
    await mustAsk(ports, ['buildah', 'push', '--quiet', '--format', 'oci', id, `oci:${name}`], NOT_PUSHED, scratch)
  } finally {
    // The same image may have been there before, with a name of its user's.
    if (!before.includes(id)) await ask(ports, ['buildah', 'rmi', id])
  }
}

async function build(ports: Ports, options: BuildImageOptions): Promise<void> {
  const { platforms, out } = options
  await buildInto(out, async (layout, scratch) => {
    if (platforms.length <= 1) return buildOne(ports, options, [...platforms], scratch, 'layout')
    const images: { platform: string; folder: string }[] = []
    // One after another, so that the order in the index is that of the platforms.
    for (const [index, platform] of platforms.entries()) {
      await buildOne(ports, options, [platform], scratch, `platform-${index}`)
      images.push({ platform, folder: join(scratch, `platform-${index}`) })
    }
    await joinPlatforms(images, layout)
  })
}

/**
 * What buildah is called with: it wants DOCKER_CONFIG, where it is set, to hold a login (before 1.31, "checking
 * authfile"), and a folder of settings without one is no fault of the user's.
 */
async function buildahPorts(ports: Ports): Promise<Ports> {
  const folder = ports.env.DOCKER_CONFIG
  if (!folder || (await stat(join(folder, 'config.json')).catch(() => null))) return ports
  return { ...ports, exec: (command) => ports.exec({ ...command, env: { ...command.env, DOCKER_CONFIG: undefined } }) }
}

/**
 * Buildah: builds without a daemon. How it stores and isolates is the user's configuration (storage.conf,
 * BUILDAH_ISOLATION).
 */
export async function findBuildah(given: Ports): Promise<Engine | Problem> {
  if ((await findProgram(given.env, 'buildah')) === null) {
    return noEngine('There is no `buildah` on PATH', 'Install buildah, or choose another engine.')
  }
  const ports = await buildahPorts(given)
  // Asked of its store, not of itself: where it may not write, it fails here.
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
