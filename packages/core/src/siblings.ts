/** The location of sibling actions. */
export interface Siblings {
  /** Owner of the repository. */
  owner: string
  /** Name of the repository. */
  name?: string
  /** Commit, tag or branch. */
  ref: string
}

/** Matches a step's `uses: $/actions/x`, including the path. */
const SIBLING = /^([ \t]*(?:- )?uses:[ \t]*["']?)\$\/(actions\/[\w-]+)(?=["']?[ \t]*(?:#.*)?\r?$)/gm

/** Names a workflow's sibling actions by repository and ref, and keeps all other text. */
export function localized(yaml: string, { owner, name = 'slipway', ref }: Siblings): string {
  return yaml.replace(SIBLING, (_, before: string, path: string) => `${before}${owner}/${name}/${path}@${ref}`)
}

/**
 * Removes `queue: max` from a workflow's concurrency groups, because act and GitHub Enterprise Server refuse the key. A
 * newer run then replaces a pending one.
 */
export function unqueued(yaml: string): string {
  return yaml
    .replace(/^[ \t]+queue:[ \t]*max[ \t]*(?:#.*)?\r?\n/gm, '')
    .replace(/^(.*\bconcurrency:[ \t]*\{.*?)(?:,[ \t]*queue:[ \t]*max\b|\bqueue:[ \t]*max[ \t]*,[ \t]*)/gm, '$1')
}
