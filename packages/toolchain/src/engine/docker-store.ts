import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toDockerArchive } from '@slipway/artifacts/oci/docker-archive'
import type { Finished, Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import type { Engine } from './engine.ts'
import { type Argv, ask, lastLine, mustAsk } from './engine-process.ts'
import { machineImage } from './machine-image.ts'

const NOT_LOADED = {
  code: 'image-not-loaded',
  what: 'docker cannot load the image, so the image cannot be run',
  hint: 'Run `docker info` and fix what it reports; the disk may be full.',
}

/** Whether docker's store has an image with this name or id. */
async function has(ports: Ports, image: string): Promise<boolean> {
  return (await ask(ports, ['docker', 'image', 'inspect', '--format', '{{.Id}}', '--', image])).code === 0
}

async function remove(ports: Ports, image: string): Promise<void> {
  await ask(ports, ['docker', 'image', 'rm', '--', image])
}

async function provide(ports: Ports, reference: string): Promise<string | null> {
  if (await has(ports, reference)) return null
  const pulled = await ask(ports, ['docker', 'pull', '--quiet', '--', reference])
  return pulled.code === 0 ? null : lastLine(pulled)
}

/** Loads a layout's image under a unique name unless docker has it. Returns its name or id, and whether it was loaded. */
async function load(ports: Ports, folder: string): Promise<{ image: string; loaded: boolean }> {
  const { layout, config } = await machineImage(folder)
  // An image's id is its config's digest.
  if (await has(ports, config.descriptor.digest)) return { image: config.descriptor.digest, loaded: false }
  const image = `slipway-run:${randomUUID()}`
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-load-'))
  try {
    const files = join(scratch, 'files')
    const archive = join(scratch, 'image.tar')
    await toDockerArchive(layout, config, image, files)
    await mustAsk(ports, ['tar', '--create', '--dereference', '--file', archive, '--directory', files, '.'], NOT_LOADED)
    await mustAsk(ports, ['docker', 'load', '--quiet', '--input', archive], NOT_LOADED)
    return { image, loaded: true }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Pulls an image unless docker has it. Returns its name, and whether it was pulled. */
async function pull(ports: Ports, image: string): Promise<{ image: string; loaded: boolean }> {
  if (await has(ports, image)) return { image, loaded: false }
  const why = await provide(ports, image)
  if (why === null) return { image, loaded: true }
  const message = `docker cannot pull ${image}, so it cannot be run: ${why}`
  throw new ProblemError(error('image-not-pulled', message, 'Check the name, the network and `docker login`.'))
}

/** Returns the engine methods that work on docker's image store. */
export function dockerStore(ports: Ports): Pick<Engine, 'provide' | 'run' | 'forget'> {
  return {
    provide: (reference) => provide(ports, reference),
    forget: (reference) => remove(ports, reference),
    async run(from, [program, ...args]: Argv): Promise<Finished> {
      const { image, loaded } = 'layout' in from ? await load(ports, from.layout) : await pull(ports, from.reference)
      try {
        return await ask(ports, ['docker', 'run', '--rm', '--entrypoint', program, '--', image, ...args])
      } finally {
        if (loaded) await remove(ports, image)
      }
    },
  }
}
