import { type Answer, json } from '../service.ts'
import { parseMetadata, value } from './metadata/read.ts'
import type { Project, ProjectFile } from './state.ts'

/**
 * Returns a project in the form of PyPI's JSON API (warehouse/legacy/api/json.py), with the fields of the version that an
 * installer would choose: the last upload that is no prerelease, if there is one.
 * @param read returns the text of a stored file's metadata
 */
export function projectJson({ name, files }: Project, read: (file: ProjectFile) => string): Answer | null {
  const shown = files.filter((each) => each.visibleAt <= Date.now())
  const newest = shown.findLast((each) => /^[\d.!]+(?:\.post\d+)?$/.test(each.version)) ?? shown.at(-1)
  if (!newest) return null
  const { version } = newest
  const ofVersion = shown.filter((each) => each.version === version)
  // A release has the metadata of its first file.
  const metadata = parseMetadata(read(ofVersion[0] ?? newest))
  const home = value(metadata, 'home-page')
  const labelled = (metadata.get('project-url') ?? []).map((each) => /^\s*([^,]*?)\s*,\s*(.*)$/s.exec(each) ?? [])
  const urls = Object.fromEntries([
    ...(home === undefined ? [] : [['Homepage', home]]),
    ...labelled.map(([, label = '', url = '']) => [label, url]),
  ])
  return json(200, {
    info: {
      name,
      version,
      summary: value(metadata, 'summary') ?? null,
      home_page: home ?? null,
      project_urls: Object.keys(urls).length > 0 ? urls : null,
    },
    urls: ofVersion.map(({ filename, kind, sha256, size }) => ({
      filename,
      packagetype: kind,
      digests: { sha256 },
      size,
    })),
  })
}
