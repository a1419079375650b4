/** A part of Slipway named by a workflow: `OWNER/slipway/actions/plan@v1`. */
export interface SlipwayReference {
  owner: string
  /** Path in the repository; empty for its root action. */
  path: string
  ref: string
}

/** Returns the part of Slipway that a `uses` names, whoever the owner is; null for anything else. */
export function slipwayReference(uses: string): SlipwayReference | null {
  const [, owner, path = '', ref] = /^([\w.-]+)\/slipway(?:\/([\w./-]+))?@(\S+)$/.exec(uses) ?? []
  return owner === undefined || ref === undefined ? null : { owner, path, ref }
}
