import type { Descriptor } from './descriptor.ts'

/** A folder with one image: its root is the manifest or index that index.json names. */
export interface ImageLayout {
  folder: string
  /** Its digest is the image's digest. */
  root: Descriptor
  /** Every manifest and index, children before their parents, the root last; each once. */
  manifests: Descriptor[]
  /** Configs and layers, each once, in the order of their first mention. */
  blobs: Descriptor[]
}
