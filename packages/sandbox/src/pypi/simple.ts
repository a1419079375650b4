import { type Answer, json, type Request, type Text } from '../service.ts'
import { sha256 } from '../store.ts'
import { provenancePath } from './attestations.ts'
import type { Project, ProjectFile } from './state.ts'

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json'
const HTML_TYPE = 'application/vnd.pypi.simple.v1+html'

/** Cache lifetime of PyPI's pages. */
const CACHE = 'max-age=600, public'

/** Returns the list of projects (PEP 503, PEP 691). */
export function projectList(request: Request, names: string[]): Answer {
  return page(request, {
    json: { meta: { 'api-version': '1.3' }, projects: names.map((name) => ({ name })) },
    title: 'Simple index',
    links: names.map((name) => `<a href="/simple/${name}/">${name}</a>`),
  })
}

/**
 * Returns the files of a project (PEP 503, PEP 691, PEP 700; PEP 658 and 714 for the metadata beside a wheel, PEP 740).
 */
export function projectPage(request: Request, name: string, project: Project): Answer {
  const now = Date.now()
  const files = project.files.filter((each) => each.visibleAt <= now)
  return page(request, {
    json: {
      meta: { 'api-version': '1.3' },
      name,
      versions: [...new Set(files.map((each) => each.version))],
      files: files.map((file) => ({
        filename: file.filename,
        url: fileUrl(request, file),
        hashes: { sha256: file.sha256 },
        size: file.size,
        'upload-time': new Date(file.uploadedAt).toISOString(),
        'requires-python': file.requiresPython,
        yanked: false,
        'core-metadata': file.kind === 'bdist_wheel' && { sha256: file.metadata },
        provenance: file.attestations ? request.origin + provenancePath(name, file) : null,
      })),
    },
    title: `Links for ${name}`,
    links: files.map((file) => {
      const python = file.requiresPython && ` data-requires-python="${escaped(file.requiresPython)}"`
      const metadata = file.kind === 'bdist_wheel' && ` data-core-metadata="sha256=${file.metadata}"`
      const provenance = file.attestations && ` data-provenance="${request.origin}${provenancePath(name, file)}"`
      return `<a href="${fileUrl(request, file)}#sha256=${file.sha256}"${python || ''}${metadata || ''}${provenance ?? ''}>${file.filename}</a>`
    }),
  })
}

/** Returns the address of a file. It contains the digest, so an address never changes its content. */
function fileUrl(request: Request, file: ProjectFile): string {
  return `${request.origin}/packages/${file.sha256}/${file.filename}`
}

/** Returns a page in the form that the client prefers (PEP 691, Version + Format Selection); HTML by default. */
function page(request: Request, content: { json: unknown; title: string; links: string[] }): Answer {
  const headers = { 'cache-control': CACHE, vary: 'Accept' }
  const wanted = preferred(request.headers.accept ?? '*/*')
  if (wanted === null) return { status: 406, headers, body: 'There is JSON and HTML here.' }
  if (wanted === JSON_TYPE) return withEtag(request, json(200, content.json, { ...headers, 'content-type': JSON_TYPE }))
  const title = escaped(content.title)
  const body = `<!DOCTYPE html>\n<html>\n  <head>\n    <meta name="pypi:repository-version" content="1.3">\n    <title>${title}</title>\n  </head>\n  <body>\n    <h1>${title}</h1>\n${content.links.map((each) => `    ${each}<br />\n`).join('')}  </body>\n</html>\n`
  return withEtag(request, { status: 200, headers: { ...headers, 'content-type': wanted }, body })
}

/** Returns 304 if the client already has the page. */
function withEtag(request: Request, answer: Text): Answer {
  const etag = `"${sha256(answer.body)}"`
  const headers = { ...answer.headers, etag }
  return request.headers['if-none-match'] === etag ? { status: 304, headers } : { ...answer, headers }
}

/** Returns the preferred supported media type, or null. */
function preferred(accept: string): string | null {
  const types: Record<string, string> = {
    [JSON_TYPE]: JSON_TYPE,
    'application/vnd.pypi.simple.latest+json': JSON_TYPE,
    [HTML_TYPE]: HTML_TYPE,
    'application/vnd.pypi.simple.latest+html': HTML_TYPE,
    'text/html': 'text/html; charset=utf-8',
    'text/*': 'text/html; charset=utf-8',
    '*/*': 'text/html; charset=utf-8',
  }
  const ranked = accept
    .split(',')
    .map((each) => ({
      type: types[each.split(';')[0]?.trim() ?? ''],
      q: Number(/;\s*q=([\d.]+)/.exec(each)?.[1] ?? 1),
    }))
    .filter((each) => each.type !== undefined && each.q > 0)
    .sort((a, b) => b.q - a.q)
  return ranked[0]?.type ?? null
}

/** Escapes a text for HTML, also in attributes. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`)
}
