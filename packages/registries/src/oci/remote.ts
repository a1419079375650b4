import { imageName } from '@slipway/core/image'
import { imageBuilds } from '@slipway/core/image-build'
import type { Destination, RemoteDescription } from '../destination.ts'
import { DEFAULT_TAGS } from './default-tags.ts'
import { askImages } from './inquiry.ts'
import { OciPublisher } from './publisher.ts'
import { imageTags } from './tags.ts'
import { imageTargets } from './target.ts'
import { UnbuiltImagePublisher } from './unbuilt.ts'

const UNDO = 'delete the image in the registry'
const VARIABLES = ['DOCKERHUB_TOKEN']

/** The channels of images that are built before anything is published, and of those that install the release from PyPI. */
const [EARLY, LATE] = ['images', 'late-images']

/** Image registries: one destination for each repository that an image is pushed to. */
export const oci: RemoteDescription = {
  kind: 'oci',
  channels: [
    { name: EARLY, title: 'image registries', variables: VARIABLES, undo: UNDO },
    { name: LATE, title: 'image registries, once PyPI has the release', variables: VARIABLES, undo: UNDO },
  ],
  async destinations({ plan, artifacts }, { ports, endpoints, login, isOwn, imageTags: templates = DEFAULT_TAGS }) {
    const found: Destination[] = []
    for (const build of imageBuilds(plan)) {
      const { project, after } = build
      const artifact = artifacts.find((each) => each.kind === 'image' && each.project === project)
      if (!artifact && after === undefined) continue
      const tags = imageTags(plan.version, templates)
      const channel = after === undefined ? EARLY : LATE
      for (const target of await imageTargets(build, login, endpoints)) {
        const about = { channel, name: imageName(target.name), undo: UNDO, isForeign: !isOwn(channel) }
        if (artifact) {
          const publisher = new OciPublisher(ports, target)
          const pointers = tags.map((tag) => publisher.pointer(artifact, tag))
          found.push({ ...about, publisher, artifacts: [artifact], pointers })
        } else {
          const publisher = new UnbuiltImagePublisher(ports, target, { build, login, endpoints })
          const pointers = [publisher.unbuilt(project, plan.version, plan.commit)]
          found.push({ ...about, publisher, artifacts: [], pointers, isUnbuilt: true })
        }
      }
    }
    return found
  },
  inquire: askImages,
}
