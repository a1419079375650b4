import type { Answer, Request } from '../service.ts'
import type { Store } from '../store.ts'
import { provenance } from './attestations.ts'
import { projectJson } from './json-api.ts'
import { projectList, projectPage } from './simple.ts'
import type { State } from './state.ts'
import { normalizedName } from './version.ts'

/** The answer for missing resources. */
export const missing: Answer = { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 Not Found' }

/** Returns a redirect. */
export const redirect = (status: number, location: string): Answer => ({ status, headers: { location } })

/** Returns the handlers of reading requests: the simple index, files, and the provenance of files. */
export function reading(store: Store<State>) {
  const isShown = (name: string) => {
    const now = Date.now()
    const files = store.state.projects[name]?.files
    // A project created by trusted publishing has a page before it has files.
    return files !== undefined && (files.length === 0 || files.some((each) => each.visibleAt <= now))
  }

  const project = (request: Request, { name = '' }: Record<string, string>): Answer => {
    const normal = normalizedName(name)
    if (name !== normal || !request.path.endsWith('/')) return redirect(301, `/simple/${normal}/`)
    const found = store.state.projects[normal]
    return found && isShown(normal) ? projectPage(request, normal, found) : missing
  }

  const about = (_request: Request, { name = '' }: Record<string, string>): Answer => {
    const normal = normalizedName(name)
    const found = store.state.projects[normal]
    const answer = found ? projectJson(found, ({ metadata }) => store.bytes(metadata).toString('utf8')) : null
    if (answer === null) return missing
    return name === normal ? answer : redirect(301, `/pypi/${normal}/json`)
  }

  const list = (request: Request): Answer => projectList(request, Object.keys(store.state.projects).filter(isShown))

  const file = (_request: Request, { sha256 = '', filename = '' }: Record<string, string>): Answer => {
    const files = Object.values(store.state.projects).flatMap((each) => each.files)
    const found = files.find((each) => each.sha256 === sha256 && filename.replace(/\.metadata$/, '') === each.filename)
    if (!found) return missing
    const headers = {
      'content-type': 'application/octet-stream',
      'cache-control': 'max-age=365000000, immutable, public',
    }
    return { status: 200, headers, body: store.bytes(filename === found.filename ? sha256 : found.metadata) }
  }

  const provenanceOf = (request: Request, params: Record<string, string>): Answer => {
    const { name = '', version = '', filename = '' } = params
    return provenance(request, store.state.projects[normalizedName(name)], version, filename)
  }

  return { list, project, about, file, provenanceOf }
}
