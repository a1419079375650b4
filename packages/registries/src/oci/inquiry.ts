import { type ImageName, imageName, parseImage } from '@slipway/core/image'
import type { Destination, PlannedImage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { after, answer, type Findings, type Inquiry, joined } from '../inquiry.ts'
import type { Credentials } from './authorization.ts'
import { OciClient } from './client.ts'
import { logins } from './job-login.ts'
import { versionTag } from './tags.ts'
import { imageTarget } from './target.ts'

/** The tags of a repository, and whether who asked may push there; null when that is not known. */
function ask(image: ImageName, credentials: Credentials | null, inquiry: Inquiry) {
  return answer(inquiry, async (quick) => {
    const client = new OciClient(quick, imageTarget(image, credentials, [], inquiry.endpoints))
    return { tags: await client.tags(), mayPush: credentials && (await client.mayPush()) }
  })
}

/** The job that pushes may have another login than the one that plans. */
function denied(image: ImageName, login: string): Problem {
  const message = `What this job has for ${imageName(image)} (${login}) may not push there: the image would be built, and then refused.`
  const hint =
    'Let the account write to the repository, or give a token that may write; where the job that pushes has another login, compare that.'
  return warning('image-push-denied', message, hint)
}

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
  const first = await ask(image, held, inquiry)
  // The token of a job may lack a right that nobody needs for a public image.
  const asked = 'reason' in first && held !== null ? await ask(image, null, inquiry) : first
  const unknown = [`Whether the login may push to ${image.registry}: only a push would tell.`]
  if ('reason' in asked) {
    const destination: Destination = { ...to, state: 'unknown', detail: `it cannot be asked: ${asked.reason}` }
    return {
      destinations: [destination],
      problems: [],
      notChecked: [`Whether ${name} has ${plan.version}: ${asked.reason}.`, ...(login === null ? [] : unknown)],
      versions: [],
    }
  }
  const { tags, mayPush } = asked.value
  const isThere = tags.includes(versionTag(plan.version))
  const seen = isThere ? 'whether it is the same is seen once it is built' : after(tags, 'the first image there')
  const detail = mayPush ? `${seen}; the login may push` : seen
  return {
    destinations: [{ ...to, state: isThere ? 'present' : 'absent', detail }],
    problems: login !== null && mayPush === false ? [denied(image, login)] : [],
    notChecked: login !== null && mayPush === null ? unknown : [],
    versions: [],
  }
}

/** Asks the registries of the images which tags they have, and, by the token that comes with that, who may push. */
export async function askImages(inquiry: Inquiry): Promise<Findings> {
  const found = joined(await Promise.all(inquiry.plan.images.map((each) => findingsOf(each, inquiry))))
  // What a registry does not tell is the same for all of its images.
  return { ...found, notChecked: [...new Set(found.notChecked)] }
}
