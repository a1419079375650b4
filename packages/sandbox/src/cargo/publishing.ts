import { type Answer, json, type Request } from '../service.ts'
import type { Store } from '../store.ts'
import { indexEntry, type PublishedMetadata } from './entry.ts'
import { authorize } from './login.ts'
import { demandPublisher, type Permission } from './permission.ts'
import { checkNaming, checkPublish, parsePublish, refusal } from './publish.ts'
import { collisionName, type State } from './state.ts'

/**
 * Returns the handlers of requests that change crates: publishing, yanking and unyanking.
 * @param lag returns the milliseconds until the index shows a new version
 */
export function publishing(permission: Permission, lag: () => number) {
  const { store, token } = permission

  const publish = async (request: Request): Promise<Answer> => {
    const { metadata, crate } = parsePublish(request.body)
    checkNaming(metadata)
    await demandPublisher(request, metadata.name, permission)
    checkPublish(metadata, crate)
    const warnings = { invalid_categories: [], invalid_badges: [], other: [] }
    return { ...json(200, { warnings }), effect: addVersion(store, metadata, crate, lag()) }
  }

  const yank = (yanked: boolean) => (request: Request, params: Record<string, string>) => {
    authorize(request, token)
    return store.change((state) => {
      const version = state.crates[collisionName(params.name ?? '')]?.versions.find(
        (each) => each.entry.vers === params.version,
      )
      if (!version) throw refusal(404, 'Not Found')
      const changes = version.entry.yanked !== yanked
      version.entry.yanked = yanked
      const effect = `crate ${version.entry.name} ${version.entry.vers} ${yanked ? 'yanked' : 'unyanked'}`
      return { ...json(200, { ok: true }), ...(changes && { effect }) }
    })
  }

  return { publish, yank }
}

/**
 * Adds a version that the index shows after `lag` milliseconds; returns the effect in words.
 * @throws Refusal 400 if the version exists, or the crate exists under another spelling
 */
export function addVersion(store: Store<State>, metadata: PublishedMetadata, crate: Buffer, lag: number): string {
  return store.change((state) => {
    const key = collisionName(metadata.name)
    const known = state.crates[key] ?? { name: metadata.name, description: '', versions: [] }
    if (known.name !== metadata.name) throw refusal(400, `crate was previously named \`${known.name}\``)
    if (known.versions.some((each) => withoutBuild(each.entry.vers) === withoutBuild(metadata.vers))) {
      throw refusal(400, `crate version \`${withoutBuild(metadata.vers)}\` is already uploaded`)
    }
    const now = Date.now()
    known.description = metadata.description ?? ''
    if (metadata.repository) known.repository = metadata.repository
    known.versions.push({
      entry: indexEntry(metadata, store.keep(crate)),
      license: metadata.license ?? null,
      size: crate.length,
      publishedAt: now,
      visibleAt: now + lag,
    })
    state.crates[key] = known
    return `crate ${metadata.name} ${metadata.vers} published`
  })
}

/** Removes build metadata, by which versions do not differ (cargo reference "Registry Index", `vers`). */
const withoutBuild = (version: string) => version.replace(/\+.*$/, '')
