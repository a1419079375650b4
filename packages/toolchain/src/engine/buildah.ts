import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { joinPlatforms } from '@slipway/artifacts/oci/join'
import { parseImage } from '@slipway/core/image'
import type { Finished, Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import { findProgram } from '../command.ts'
import type { BuildImageOptions, Engine, RunnableImage } from './engine.ts'
import { noEngine, unusable } from './engine-problem.ts'
import { type Argv, ask, buildInto, lastLine, mustAsk, pairs, runBuild } from './engine-process.ts'
import { machineImage } from './machine-image.ts'

const HINT = 'Run `buildah info` and mend what it says; is the disk full?'
const NOT_PUSHED = {
  code: 'image-build-failed',
  what: 'The image was built, but buildah did not give it out',
  hint: HINT,
}
const NOT_RUNNABLE = {
  code: 'image-not-loaded',
  what: 'buildah does not take the image, so it cannot be run',
  hint: HINT,
}

/** Addresses of this machine, whose registries speak plain HTTP; docker and skopeo's library agree on them. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/

/** The id of an image in buildah's store, `sha256:…`, or null. */
async function idOf(ports: Ports, image: string): Promise<string | null> {
  const { code, stdout } = await ask(ports, ['buildah', 'images', '--quiet', '--no-trunc', image])
  return code === 0 ? (stdout.trim().split('\n')[0] ?? null) : null
}

/** Builds for one platform, or this machine's, into a layout; the image does not stay in the store. */
async function buildOne(ports: Ports, options: BuildImageOptions, platform: string[], scratch: string, name: string) {
  const { context, file, target, buildArgs, labels, annotations, sourceDateEpoch } = options
  const iidFile = join(scratch, 'iid')
  const { stdout: before } = await ask(ports, ['buildah', 'images', '--all', '--quiet', '--no-trunc'])
  const argv = [
    'build',
    ...['--format', 'oci'],
    ...['--timestamp', String(sourceDateEpoch)],
    // What `provide` found is what is built on.
    '--pull=false',
    ...['--iidfile', iidFile],
    ...['--file', file],
    ...(target === undefined ? [] : ['--target', target]),
    ...platform.flatMap((each) => ['--platform', each]),
    ...pairs('--build-arg', { ...buildArgs, SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
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

async function provide(ports: Ports, reference: string): Promise<string | null> {
  if ((await idOf(ports, reference)) !== null) return null
  const plain = LOOPBACK.test(parseImage(reference)?.registry ?? '') ? ['--tls-verify=false'] : []
  const pulled = await ask(ports, ['buildah', 'pull', '--quiet', ...plain, reference])
  return pulled.code === 0 ? null : lastLine(pulled)
}

/** An image in the store: its id, and the name to remove when it was brought there. */
interface Stored {
  id: string
  brought: string | null
}

async function store(ports: Ports, image: RunnableImage): Promise<Stored> {
  if ('reference' in image) {
    const there = await idOf(ports, image.reference)
    if (there !== null) return { id: there, brought: null }
    const why = await provide(ports, image.reference)
    const id = why === null ? await idOf(ports, image.reference) : null
    if (id !== null) return { id, brought: image.reference }
    const message = `buildah cannot pull ${image.reference}, so it cannot be run: ${why ?? 'it is not there afterwards'}`
    throw new ProblemError(error('image-not-pulled', message, 'Check the name, the network and `buildah login`.'))
  }
  const { config } = await machineImage(image.layout)
  // An image's id is its config's digest.
  const there = await idOf(ports, config.descriptor.digest)
  if (there !== null) return { id: there, brought: null }
  // buildah calls the image after the path, which must be a lower-case name.
  const name = `slipway-run-${randomUUID()}`
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-load-'))
  try {
    await symlink(resolve(image.layout), join(scratch, name))
    await mustAsk(ports, ['buildah', 'pull', '--quiet', `oci:${name}`], NOT_RUNNABLE, scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return { id: config.descriptor.digest, brought: `localhost/${name}` }
}

async function run(ports: Ports, image: RunnableImage, argv: Argv): Promise<Finished> {
  const { id, brought } = await store(ports, image)
  const container = `slipway-${randomUUID()}`
  try {
    await mustAsk(ports, ['buildah', 'from', '--name', container, id], NOT_RUNNABLE)
    try {
      return await ask(ports, ['buildah', 'run', container, '--', ...argv])
    } finally {
      await ask(ports, ['buildah', 'rm', container])
    }
  } finally {
    if (brought !== null) await ask(ports, ['buildah', 'rmi', brought])
  }
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
    provide: (reference) => provide(ports, reference),
    run: (image, argv) => run(ports, image, argv),
    async forget(reference) {
      await ask(ports, ['buildah', 'rmi', reference])
    },
  }
}
