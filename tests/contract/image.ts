import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { blobFile, type Descriptor, describeImage, writeLayout } from '@slipway/artifacts/oci/layout'
import type { Artifact } from '@slipway/core/artifact'

const OCI = 'application/vnd.oci.image'

/** Writes an image with one layer for each text. No engine can run it, but every registry accepts it. */
export async function writeImage(
  folder: string,
  project: string,
  layers: readonly string[],
  labels: Record<string, string> = {},
): Promise<Artifact> {
  const blob = async (mediaType: string, content: Uint8Array): Promise<Descriptor> => {
    const digest = `sha256:${sha256(content)}`
    const file = blobFile(folder, digest)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    return { mediaType, digest, size: content.length }
  }
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const config = {
    os: 'linux',
    architecture: 'amd64',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: layers.map((each) => `sha256:${sha256(Buffer.from(each))}`) },
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: await blob(`${OCI}.config.v1+json`, json(config)),
    layers: await Promise.all(layers.map((each) => blob(`${OCI}.layer.v1.tar+gzip`, gzipSync(each)))),
  }
  await writeLayout(folder, await blob(manifest.mediaType, json(manifest)))
  return describeImage(project, '1.0.0', folder)
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
