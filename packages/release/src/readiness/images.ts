import { parseImage } from '@slipway/core/image'
import type { Destination, PlannedImage } from '@slipway/core/plan'
import { OciClient } from '@slipway/registries/oci/client'
import { versionTag } from '@slipway/registries/oci/tags'
import { imageTarget } from '@slipway/registries/oci/target'
import { logins } from '../image/login.ts'
import { after, answer, type Findings, type Inquiry, joined } from './inquiry.ts'

async function findingsOf({ name, file }: PlannedImage, inquiry: Inquiry): Promise<Findings> {
  const { plan, ports, credentials } = inquiry
  const image = parseImage(name)
  if (!image) return joined([])
  const options = { githubToken: credentials.githubToken ?? undefined, mask: () => {} }
  const stored = await answer(inquiry, () => logins(ports, options)(image.registry))
  const held = 'value' in stored ? stored.value : null
  const login = held === null ? null : 'username' in held ? `login of ${held.username}` : 'an identity token'
  const artifact = `image ${plan.version} of ${file}`
  const to = { publisher: 'oci', target: name, artifact, login } as const
  const tagsFor = (credentials: typeof held) =>
    answer(inquiry, (quick) => new OciClient(quick, imageTarget(image, credentials, [])).tags())
  const first = await tagsFor(held)
  // The token of a job may lack a right that nobody needs for a public image.
  const tags = 'reason' in first && held !== null ? await tagsFor(null) : first
  if ('reason' in tags) {
    const destination: Destination = { ...to, state: 'unknown', detail: `it cannot be asked: ${tags.reason}` }
    return {
      destinations: [destination],
      problems: [],
      notChecked: [`Whether ${name} has ${plan.version}: ${tags.reason}.`],
      versions: [],
    }
  }
  const isThere = tags.value.includes(versionTag(plan.version))
  const detail = isThere ? 'is there' : after(tags.value, 'the first image there')
  const destination: Destination = { ...to, state: isThere ? 'present' : 'absent', detail }
  // Whose login may push is seen when it does.
  return { destinations: [destination], problems: [], notChecked: [], versions: [] }
}

/** Asks the registries of the images which tags they have. */
export async function askImages(inquiry: Inquiry): Promise<Findings> {
  return joined(await Promise.all(inquiry.plan.images.map((each) => findingsOf(each, inquiry))))
}
