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
  what: 'buildah cannot load the image, so the image cannot be run',
  hint: 'Run `buildah info` and fix what it reports; the disk may be full.',
}

/** Registries on this machine, which docker and skopeo's library both reach over plain HTTP. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/

/** Returns the id of an image in buildah's store, `sha256:…`, or null. */
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

/** An image in the store: its id, and, if Slipway put it there, what to remove afterwards. */
interface Stored {
  id: string
  added: string | null
}

async function store(ports: Ports, image: RunnableImage): Promise<Stored> {
  if ('reference' in image) {
    const existing = await idOf(ports, image.reference)
    if (existing !== null) return { id: existing, added: null }
    const why = await provide(ports, image.reference)
    const id = why === null ? await idOf(ports, image.reference) : null
    if (id !== null) return { id, added: image.reference }
    const message = `buildah cannot pull ${image.reference}, so it cannot be run: ${why ?? 'it is missing after the pull'}`
    throw new ProblemError(error('image-not-pulled', message, 'Check the name, the network and `buildah login`.'))
  }
  const { config } = await machineImage(image.layout)
  // An image's id is its config's digest.
  const existing = await idOf(ports, config.descriptor.digest)
  if (existing !== null) return { id: existing, added: null }
  // Older versions name the image after the path, which must then be a lower-case name.
  const name = `slipway-run-${randomUUID()}`
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-load-'))
  try {
    await symlink(resolve(image.layout), join(scratch, name))
    await mustAsk(ports, ['buildah', 'pull', '--quiet', `oci:${name}`], NOT_RUNNABLE, scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return { id: config.descriptor.digest, added: config.descriptor.digest }
}

async function run(ports: Ports, image: RunnableImage, argv: Argv): Promise<Finished> {
  const { id, added } = await store(ports, image)
  const container = `slipway-${randomUUID()}`
  try {
    await mustAsk(ports, ['buildah', 'from', '--name', container, '--', id], NOT_RUNNABLE)
    try {
      return await ask(ports, ['buildah', 'run', container, '--', ...argv])
    } finally {
      await ask(ports, ['buildah', 'rm', container])
    }
  } finally {
    if (added !== null) await ask(ports, ['buildah', 'rmi', '--', added])
  }
}

/** Returns the engine methods that work on buildah's image store. */
export function buildahStore(ports: Ports): Pick<Engine, 'provide' | 'run' | 'forget'> {
  return {
    provide: (reference) => provide(ports, reference),
    run: (image, argv) => run(ports, image, argv),
    async forget(reference) {
      await ask(ports, ['buildah', 'rmi', '--', reference])
    },
  }
}
