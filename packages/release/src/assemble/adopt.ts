import { writeFile } from 'node:fs/promises'
import { measureFile } from '@slipway/artifacts/artifact'
import type { Artifact } from '@slipway/core/artifact'
import { normalizeName } from '@slipway/core/name'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { notice, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { endpointsOf } from '@slipway/registries/endpoints'
import { type IndexedFile, PyPIClient } from '@slipway/registries/pypi/client'

/**
 * Replaces rebuilt files that differ from PyPI's, so that a release whose draft was lost can continue. Adopts only
 * files that PyPI accepted with an attestation of this repository at the plan's commit; any other difference becomes a
 * conflict later. Overwrites the files, and logs each replacement.
 */
export async function adoptPublished(ports: Ports, plan: Plan, artifacts: readonly Artifact[]): Promise<Artifact[]> {
  const { pypi } = endpointsOf(ports.env)
  const client = new PyPIClient(ports, { ...pypi, username: '', token: null })
  const repository = ports.env.GITHUB_REPOSITORY
  if (!repository || plan.commit === null) return [...artifacts]
  return Promise.all(
    artifacts.map(async (artifact) => {
      if (artifact.kind !== 'wheel' && artifact.kind !== 'sdist') return artifact
      try {
        const held = (await client.files(normalizeName(artifact.project))).find(
          (each) => each.filename === artifact.filename,
        )
        if (!held || held.sha256 === null || held.sha256 === artifact.sha256) return artifact
        if (!(await isOfCommit(client, held, repository, plan.commit as string))) return artifact
        return await replaced(ports, client, artifact, held)
      } catch (cause) {
        if (!(cause instanceof RemoteError)) throw cause
        // The publishing job compares again, and reports the difference.
        ports.log.info(`${artifact.filename}: could not query whether PyPI has it from this commit (${cause.message})`)
        return artifact
      }
    }),
  )
}

/** Returns whether PyPI accepted a file with an attestation of this repository at this commit. */
async function isOfCommit(client: PyPIClient, file: IndexedFile, repository: string, commit: string): Promise<boolean> {
  if (file.provenance === undefined) return false
  const owner = `https://github.com/${repository}`.toLowerCase()
  const signers = await client.signers(file.provenance)
  return signers.some((each) => each.repository?.toLowerCase() === owner && each.digest === commit)
}

async function replaced(ports: Ports, client: PyPIClient, artifact: Artifact, file: IndexedFile): Promise<Artifact> {
  await writeFile(artifact.path, await client.download(file))
  const measured = await measureFile(artifact.path)
  if (measured.sha256 !== file.sha256) throw new RemoteError('doubtful', `PyPI sent another file than ${file.filename}`)
  ports.log.problem(adopted(artifact))
  return { ...artifact, ...measured }
}

function adopted({ filename, sha256 }: Artifact): Problem {
  const message = `PyPI already has ${filename} from this commit, with other bytes than this build (sha256 ${sha256.slice(0, 12)}): Slipway releases PyPI's file.`
  return notice('published-adopted', message, 'No action needed. Set `adopt: never` to stop such a release instead.')
}
