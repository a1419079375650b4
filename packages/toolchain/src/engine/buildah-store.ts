import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseImage } from '@slipway/core/image'
import type { Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import type { Engine, RunnableImage } from './engine.ts'
import { type Argv, ask, lastLine, mustAsk } from './engine-process.ts'
import { machineImage } from './machine-image.ts'

const NOT_RUNNABLE = {
  code: 'image-not-loaded',
  what: 'buildah does not take the image, so it cannot be run',
  hint: 'Run `buildah info` and mend what it says; is the disk full?',
}

/** Addresses of this machine, whose registries speak plain HTTP; docker and skopeo's library agree on them. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/

/** The id of an image in buildah's store, `sha256:…`, or null. */
async function idOf(ports: Ports, image: string): Promise<string | null> {
  const { code, stdout } = await ask(ports, ['buildah', 'images', '--quiet', '--no-trunc', '--', image])
  return (code === 0 && stdout.trim().split('\n')[0]) || null
}

async function provide(ports: Ports, reference: string): Promise<string | null> {
  if ((await idOf(ports, reference)) !== null) return null
  const plain = LOOPBACK.test(parseImage(reference)?.registry ?? '') ? ['--tls-verify=false'] : []
  const pulled = await ask(ports, ['buildah', 'pull', '--quiet', ...plain, '--', reference])
  return pulled.code === 0 ? null : lastLine(pulled)
}

/** An image in the store: its id, and what to remove when it was brought there. */
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
  // Older versions call the image after the path, which then must be a lower-case name.
  const name = `slipway-run-${randomUUID()}`
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-load-'))
  try {
    await symlink(resolve(image.layout), join(scratch, name))
    await mustAsk(ports, ['buildah', 'pull', '--quiet', `oci:${name}`], NOT_RUNNABLE, scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return { id: config.descriptor.digest, brought: config.descriptor.digest }
}

async function run(ports: Ports, image: RunnableImage, argv: Argv): Promise<Finished> {
  const { id, brought } = await store(ports, image)
  const container = `slipway-${randomUUID()}`
  try {
    await mustAsk(ports, ['buildah', 'from', '--name', container, '--', id], NOT_RUNNABLE)
    try {
      return await ask(ports, ['buildah', 'run', container, '--', ...argv])
    } finally {
      await ask(ports, ['buildah', 'rm', container])
    }
  } finally {
    if (brought !== null) await ask(ports, ['buildah', 'rmi', '--', brought])
  }
}

/** What buildah's store of images does for an engine. */
export function buildahStore(ports: Ports): Pick<Engine, 'provide' | 'run' | 'forget'> {
  return {
    provide: (reference) => provide(ports, reference),
    run: (image, argv) => run(ports, image, argv),
    async forget(reference) {
      await ask(ports, ['buildah', 'rmi', '--', reference])
    },
  }
}
