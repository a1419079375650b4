import { repository, type State, type TagObject, timestamp } from './state.ts'

/** A branch or tag of a git repository, with the tag object if it is annotated. */
interface Ref {
  sha: string
  tag: TagObject | null
}

/** Refs by their full name. */
type Refs = Record<string, Ref>

/** A ref that a push set or deleted (null). */
type Change = readonly [name: string, ref: Ref | null]

const FIELDS = ['refname', 'objectname', 'objecttype', 'tag', '*objectname', '*objecttype'].concat([
  'taggername',
  'taggeremail:trim',
  'taggerdate:unix',
  'contents',
])

/** Reads the branches and tags of a repository. @param git runs git there */
export function gitRefs(git: (args: readonly string[]) => string): Refs {
  const format = `${FIELDS.map((each) => `%(${each})`).join('%00')}%00%01`
  const records = git(['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags']).split('\0\x01\n')
  return Object.fromEntries(
    records.slice(0, -1).map((record): [string, Ref] => {
      const [name = '', sha = '', type, tag = '', target = '', targetType = '', by = '', email = '', at, ...rest] =
        record.split('\0')
      if (type !== 'tag') return [name, { sha, tag: null }]
      const date = at ? new Date(Number(at) * 1000).toISOString().replace('.000', '') : timestamp()
      const object = { sha: target, type: targetType }
      return [name, { sha, tag: { sha, tag, message: rest.join('\0'), object, tagger: { name: by, email, date } } }]
    }),
  )
}

/** Returns what a push changed. */
export function changedRefs(before: Refs, after: Refs): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names
    .filter((name) => before[name]?.sha !== after[name]?.sha)
    .map((name): Change => [name, after[name] ?? null])
}

/** Applies pushed refs to the API's repository; returns the effect in words. */
export function takeRefs(state: State, owner: string, name: string, changes: readonly Change[]): string {
  const repo = repository(state, owner, name)
  const words = changes.map(([ref, now]) => {
    const called = ref.replace('refs/tags/', 'tag ').replace('refs/heads/', 'branch ')
    if (!now) {
      delete repo.refs[ref]
      return `${called} deleted`
    }
    repo.refs[ref] = { sha: now.sha, type: now.tag ? 'tag' : 'commit' }
    if (now.tag) repo.tagObjects[now.sha] = now.tag
    return `${called} pushed`
  })
  return words.join(', ')
}
