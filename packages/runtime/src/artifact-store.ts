import type { ArtifactStore } from '@slipway/core/artifact-store'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** Compression of uploads: wheels, crates and layers are compressed already. */
const STORE_ONLY = 0

/**
 * The artifacts of the running workflow (GitHub, "Workflow artifacts"), by GitHub's own client, which is loaded where it is
 * used: it brings 1 MB along. Null where the runner offers no such service.
 */
export function workflowArtifacts({ env }: Pick<Ports, 'env'>): ArtifactStore | null {
  if (!env.ACTIONS_RESULTS_URL || !env.ACTIONS_RUNTIME_TOKEN) return null
  const client = async () => new (await import('@actions/artifact')).DefaultArtifactClient()
  /** The newest of each name: an earlier attempt may have left one too. */
  const listed = async () => (await (await client()).listArtifacts({ latest: true })).artifacts
  return {
    list: async () => (await listed()).map((each) => each.name),
    async download(name, folder) {
      const found = (await listed()).find((each) => each.name === name)
      if (!found) throw new ProblemError(damaged(name, 'is not among the artifacts of this run'))
      const expected = found.digest === undefined ? {} : { expectedHash: found.digest }
      const { digestMismatch } = await (await client())
        .downloadArtifact(found.id, { path: folder, ...expected })
        .catch((cause) => {
          throw new ProblemError(damaged(name, `cannot be fetched (${(cause as Error).message})`), cause)
        })
      if (digestMismatch) throw new ProblemError(damaged(name, 'arrived with other bytes than were uploaded'))
    },
    async upload(name, root, files) {
      const send = async () => (await client()).uploadArtifact(name, [...files], root, { compressionLevel: STORE_ONLY })
      try {
        await send()
      } catch (cause) {
        // A name that an earlier attempt used is sometimes refused.
        if (!/409|already exists/i.test(String(cause))) throw cause
        await (await client()).deleteArtifact(name)
        await send()
      }
    },
  }
}

function damaged(name: string, what: string) {
  const message = `The artifact ${name} ${what}, so its files cannot be trusted.`
  return error('handover-damaged', message, 'Run the whole workflow again.')
}
