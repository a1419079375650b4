import { type Problem, type Where, warning } from '@slipway/core/problem'
import type { YamlDocument } from '../yaml.ts'

/** The tags whose push starts a workflow. */
export interface TagTrigger {
  /** Patterns in order, with `!` for exclusion; empty for every tag. */
  patterns: string[]
  /** Patterns of tags that do not start it. */
  ignored: string[]
  /** Where it lists the patterns; null if it does not. */
  where: Where | null
  /** Whether another event of a release starts the workflow too. */
  hasOthers: boolean
}

/** The events besides `push` by which people, and other workflows, start a release (GitHub, "Events that trigger workflows"). */
const RELEASE_EVENTS = ['create', 'release', 'repository_dispatch', 'workflow_call', 'workflow_run']

/** Returns the tags whose push starts a workflow (GitHub, "Workflow syntax", `on.push`); null if no tag does. */
export function tagTrigger(document: YamlDocument): TagTrigger | null {
  const on = document.get(document.root, 'on')
  const hasOthers = RELEASE_EVENTS.some((each) => document.get(on, each) !== undefined)
  const every = { patterns: [], ignored: [], where: null, hasOthers }
  if (document.text(on)?.text === 'push') return every
  if (document.entries(on).length === 0) {
    return document.items(on).some((each) => document.text(each)?.text === 'push') ? every : null
  }
  if (!document.entries(on).some(([name]) => name === 'push')) {
    // `push:` without a value is missing from the entries.
    return document.get(on, 'push') === undefined ? null : every
  }
  const push = document.get(on, 'push')
  const list = (key: string) => {
    const found = document.get(push, key)
    const single = document.text(found)
    return found === undefined
      ? null
      : single
        ? [single.text]
        : document.items(found).map((each) => document.scalar(each) ?? '')
  }
  const [tags, ignored] = [list('tags'), list('tags-ignore')]
  // A filter with branches alone excludes tags.
  if (tags === null && ignored === null) return (list('branches') ?? list('branches-ignore')) ? null : every
  const node = document.get(push, 'tags')
  return { patterns: tags ?? [], ignored: ignored ?? [], where: node ? document.where(node) : null, hasOthers }
}

/** Whether a release may start a workflow: by a pushed tag, or by another of its events. */
export function startsByRelease(document: YamlDocument): boolean {
  const on = document.get(document.root, 'on')
  const named = [document.text(on), ...document.items(on).map((each) => document.text(each))].map((each) => each?.text)
  const isEvent = (each: string) => named.includes(each) || document.get(on, each) !== undefined
  return tagTrigger(document) !== null || RELEASE_EVENTS.some(isEvent)
}

/** Whether pushing a tag starts the workflow. */
export function startsAt({ patterns, ignored }: TagTrigger, tag: string): boolean {
  if (ignored.some((each) => matches(each, tag))) return false
  let starts = patterns.length === 0
  for (const each of patterns) {
    if (each.startsWith('!')) starts &&= !matches(each.slice(1), tag)
    else starts ||= matches(each, tag)
  }
  return starts
}

/** Makes the warning about a release workflow that the release's tag does not start. */
export function tagNotMatched({ file, tags }: { file: string; tags: TagTrigger | null }, tag: string): Problem {
  const message = `Pushing the tag ${tag} does not start ${file}, so nothing would be released.`
  const hint = `Make a pattern of \`on.push.tags\` match it, such as \`"${tag.replace(/\d.*/, '*')}"\`. In patterns, \`.\` is a plain full stop.`
  return warning('workflow-tag-not-matched', message, hint, tags?.where ?? { file, line: 1 })
}

/**
 * Whether a tag matches GitHub's filter pattern: a glob in which `?` and `+` repeat what precedes them. An invalid
 * pattern matches every tag.
 */
function matches(pattern: string, tag: string): boolean {
  const text = pattern.replace(/\*\*|\*|\[[^\]]*\]|[?+]|[^*?+[]+/g, (part) => {
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    return /^[[?+]/.test(part) ? part : part.replace(/[.^${}()|\]\\]/g, '\\$&')
  })
  try {
    return new RegExp(`^${text}$`).test(tag)
  } catch {
    return true
  }
}
