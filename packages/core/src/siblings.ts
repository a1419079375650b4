/** Where sibling actions are. */
export interface Siblings {
  /** Owner of the repository. */
  owner: string
  /** Name of the repository. */
  name?: string
  /** Commit, tag or branch. */
  ref: string
}

/** A step's `uses: $/actions/x`, up to the path. */
const SIBLING = /^([ \t]*(?:- )?uses:[ \t]*["']?)\$\/(actions\/[\w-]+)(?=["']?[ \t]*(?:#.*)?\r?$)/gm

/** The text of a workflow whose sibling actions are named by repository and ref; everything else stays as it is. */
export function localized(yaml: string, { owner, name = 'slipway', ref }: Siblings): string {
  return yaml.replace(SIBLING, (_, before: string, path: string) => `${before}${owner}/${name}/${path}@${ref}`)
}

/**
 * The text of a workflow without `queue: max` in its concurrency groups, which act and GitHub Enterprise Server refuse as
 * an unknown key. A pending run is then replaced by a newer one.
 */
export function unqueued(yaml: string): string {
  return yaml
    .replace(/^[ \t]+queue:[ \t]*max[ \t]*(?:#.*)?\r?\n/gm, '')
    .replace(/^(.*\bconcurrency:[ \t]*\{.*?)(?:,[ \t]*queue:[ \t]*max\b|\bqueue:[ \t]*max[ \t]*,[ \t]*)/gm, '$1')
}
