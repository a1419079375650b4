import type { ArtifactStore } from '@slipway/core/artifact-store'
import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'

/** No compression of uploads, since wheels, crates and layers are compressed already. */
const STORE_ONLY = 0

/**
 * Returns the artifact store of the running workflow (GitHub, "Workflow artifacts"), or null when the runner has none.
 * GitHub's client is imported on first use, because it adds 1 MB.
 */
export function workflowArtifacts({ env }: Pick<Ports, 'env'>): ArtifactStore | null {
  if (!env.ACTIONS_RESULTS_URL || !env.ACTIONS_RUNTIME_TOKEN || isEnterpriseServer(env.GITHUB_SERVER_URL)) return null
  const client = async () => new (await import('@actions/artifact')).DefaultArtifactClient()
  /** Lists the newest artifact of each name; earlier attempts may have left others. */
  const listed = async () => {
    try {
      return (await (await client()).listArtifacts({ latest: true })).artifacts
    } catch (cause) {
      throw new ProblemError(unreachable('list the artifacts of this run', cause), cause)
    }
  }
  return {
    list: async () => (await listed()).map((each) => each.name),
    async download(name, folder) {
      const found = (await listed()).find((each) => each.name === name)
      if (!found) throw new ProblemError(damaged(name, 'is not among the artifacts of this run'))
      const expected = found.digest === undefined ? {} : { expectedHash: found.digest }
      const { digestMismatch } = await (await client())
        .downloadArtifact(found.id, { path: folder, ...expected })
        .catch((cause) => {
          throw new ProblemError(unreachable(`fetch the artifact ${name}`, cause), cause)
        })
      if (digestMismatch) throw new ProblemError(damaged(name, 'differs from its upload'))
    },
    async upload(name, root, files) {
      const send = async (): Promise<unknown> =>
        (await client()).uploadArtifact(name, [...files], root, { compressionLevel: STORE_ONLY })
      const again = async (cause: unknown) => {
        // GitHub sometimes refuses a name that earlier attempts used, each of which may have left one.
        if (!/409|already exists/i.test(String(cause))) throw cause
        await (await client()).deleteArtifact(name)
        await send().catch(again)
      }
      await send()
        .catch(again)
        .catch((cause) => {
          throw new ProblemError(unreachable(`upload the artifact ${name}`, cause), cause)
        })
    },
  }
}

function damaged(name: string, what: string) {
  const message = `The artifact ${name} ${what}, so its files cannot be trusted.`
  return error('handover-damaged', message, 'Run the whole workflow again.')
}

function unreachable(what: string, cause: unknown) {
  const message = `GitHub's artifact service did not ${what}: ${cause instanceof Error ? cause.message : cause}`
  return error(
    'artifact-store-failed',
    message,
    'Run the job again; if it fails again, check the status page of GitHub.',
  )
}

/** Whether a server is not one of GitHub's clouds; its client refuses such a server (`isGhes`, @actions/artifact, internal/shared/config). */
export function isEnterpriseServer(server = ''): boolean {
  if (server === '') return false
  const { hostname } = new URL(server)
  return !(hostname === 'github.com' || hostname.endsWith('.ghe.com') || hostname.endsWith('.localhost'))
}
