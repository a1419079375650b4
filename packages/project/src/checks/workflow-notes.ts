import path from 'node:path'
import { type Problem, warning } from '@slipway/core/problem'
import type { Subject } from './check.ts'
import { commands, type Job } from './workflow-steps.ts'

/** How a shell or GitHub names the tag that was pushed (GitHub, "Variables reference"). */
const TAG = /\bGITHUB_REF(?:_NAME)?\b|\bgithub\.ref(?:_name)?\b/
/** How the `v` is taken off: `${TAG#v}`, `${GITHUB_REF/refs\/tags\/v/}`, `sed s/^v//`, `tr -d v`, `cut -c2-`, `${TAG:1}`. */
const WITHOUT_V = /#v\}|#\*v|tags\\?\/v|\^v|\bv\?|\btr -d ["']?v|\bcut -c ?2|:1\}/

/**
 * Commands that look for the tag in a changelog whose headings have the version alone: `v1.2.0` stands in none of
 * them, so the notes come out empty, and nothing fails.
 */
export function notesByTag({ steps }: Job, { project, release, section }: Subject): Problem[] {
  const { changelog } = project
  if (!changelog || !section || release.tag !== `v${release.version}`) return []
  const heading = changelog.text.split('\n')[section.line - 1] ?? ''
  if (heading.includes(release.tag)) return []
  return steps.flatMap((step) => {
    if (!TAG.test(step.run) || WITHOUT_V.test(step.run)) return []
    const [found] = commands(step, /\b(?:awk|sed|grep|perl)\b/).filter(({ line }) => {
      return line.includes(path.posix.basename(changelog.file))
    })
    if (!found) return []
    const message = `The tag ${release.tag} is looked for in ${changelog.file}, whose headings have no v (\`${heading.trim()}\`): the notes come out empty, and nothing fails.`
    const hint = `Take the v off first: VERSION="\${GITHUB_REF_NAME#v}"; or let create-release find the section.`
    return [warning('workflow-notes-by-tag', message, hint, found.where)]
  })
}
