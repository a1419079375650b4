import { imageName } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import type { Destination, RemoteDescription } from '../destination.ts'
import { DEFAULT_TAGS } from './default-tags.ts'
import { askImages } from './inquiry.ts'
import { OciPublisher } from './publisher.ts'
import { imageTags } from './tags.ts'
import { imageTargets } from './target.ts'

const UNDO = 'delete the image in the registry'

/** Image registries: one destination for each repository that an image is pushed to. */
export const oci: RemoteDescription = {
  kind: 'oci',
  channels: [{ name: 'images', title: 'image registries', variables: ['DOCKERHUB_TOKEN'], undo: UNDO }],
  async destinations({ plan, artifacts }, { ports, endpoints, login, isOwn, imageTags: templates = DEFAULT_TAGS }) {
    const isForeign = !isOwn('images')
    const found: Destination[] = []
    for (const build of imageBuilds(plan)) {
      const artifact = artifacts.find((each) => each.kind === 'image' && each.project === build.project)
      if (!artifact) continue
      const tags = imageTags(plan.version, templates)
      for (const target of await imageTargets(build, login, endpoints)) {
        const publisher = new OciPublisher(ports, target)
        const pointers = tags.map((tag) => publisher.pointer(artifact, tag))
        const about = { channel: 'images', name: imageName(target.name), undo: UNDO, isForeign }
        found.push({ ...about, publisher, artifacts: [artifact], pointers })
      }
    }
    return found
  },
  inquire: askImages,
}
