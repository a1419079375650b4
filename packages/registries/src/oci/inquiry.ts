import { type ImageName, imageName, parseImage } from '@slipway/core/image'
import type { Destination, PlannedImage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { after, answer, type Findings, type Inquiry, joined } from '../inquiry.ts'
import type { Credentials } from './authorization.ts'
import { OciClient } from './client.ts'
import { logins } from './job-login.ts'
import { versionTag } from './tags.ts'
import { imageTarget } from './target.ts'

/** Queries the tags of a repository, and whether the login may push there; null if unknown. */
function ask(image: ImageName, credentials: Credentials | null, inquiry: Inquiry) {
  return answer(inquiry, async (quick) => {
    const client = new OciClient(quick, imageTarget(image, credentials, [], inquiry.endpoints))
    return { tags: await client.tags(), mayPush: credentials && (await client.mayPush()) }
  })
}

/** Only a warning: the job that pushes may have another login than the one that plans. */
function denied(image: ImageName, login: string): Problem {
  const message = `The ${login} may not push to ${imageName(image)}: the registry would refuse the built image.`
  const hint =
    'Grant the account write access, or use a token that has it. If another job pushes, check the login of that job.'
  return warning('image-push-denied', message, hint)
}

async function findingsOf({ name, file }: PlannedImage, inquiry: Inquiry): Promise<Findings> {
  const { plan, ports, credentials } = inquiry
  const image = parseImage(name)
  if (!image) return joined([])
  const options = { githubToken: credentials.githubToken ?? undefined, mask: () => {} }
  const stored = await answer(inquiry, () => logins(ports, options)(image.registry))
  const held = 'value' in stored ? stored.value : null
  const login = held === null ? null : 'username' in held ? `login of ${held.username}` : 'identity token'
  const artifact = `image ${plan.version} of ${file}`
  const to = { publisher: 'oci', target: name, artifact, login } as const
  const first = await ask(image, held, inquiry)
  // A public image can be read without a login, even if the job's token does not allow it.
  const asked = 'reason' in first && held !== null ? await ask(image, null, inquiry) : first
  const unknown = [`Whether the login may push to ${image.registry}: only a push reveals this.`]
  if ('reason' in asked) {
    const destination: Destination = { ...to, state: 'unknown', detail: `the query failed: ${asked.reason}` }
    return {
      destinations: [destination],
      problems: [],
      notChecked: [`Whether ${name} has ${plan.version}: ${asked.reason}.`, ...(login === null ? [] : unknown)],
      versions: [],
    }
  }
  const { tags, mayPush } = asked.value
  const isThere = tags.includes(versionTag(plan.version))
  const seen = isThere ? 'compared once it is built' : after(tags, 'the first image there')
  const detail = mayPush ? `${seen}; the login may push` : seen
  return {
    destinations: [{ ...to, state: isThere ? 'present' : 'absent', detail }],
    problems: login !== null && mayPush === false ? [denied(image, login)] : [],
    notChecked: login !== null && mayPush === null ? unknown : [],
    versions: [],
  }
}

/** Queries the tags of the plan's images, and reads from the registries' tokens whether the logins may push. */
export async function askImages(inquiry: Inquiry): Promise<Findings> {
  const found = joined(await Promise.all(inquiry.plan.images.map((each) => findingsOf(each, inquiry))))
  // One registry leaves the same question open for all of its images.
  return { ...found, notChecked: [...new Set(found.notChecked)] }
}
