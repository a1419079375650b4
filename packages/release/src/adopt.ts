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

/** Whether files that PyPI has take the place of rebuilt ones, where their provenance proves that they are of this commit. */
export const ADOPT = ['published', 'never'] as const

/**
 * Puts what PyPI has of a release in the place of rebuilt files that differ, so that a release whose draft was lost is not
 * stuck. Only a file is taken that PyPI accepted with an attestation of this repository, at the commit of the plan; what
 * differs otherwise stays, and is a conflict later. Files are written over. The log is told of each.
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
        // Whoever publishes asks again, and is told what differs.
        ports.log.info(
          `${artifact.filename}: PyPI could not be asked whether it has one of this commit (${cause.message})`,
        )
        return artifact
      }
    }),
  )
}

/** Whether PyPI has accepted a file with an attestation of this repository at this commit. */
async function isOfCommit(client: PyPIClient, file: IndexedFile, repository: string, commit: string): Promise<boolean> {
  if (file.provenance === undefined) return false
  const owner = `https://github.com/${repository}`.toLowerCase()
  const signers = await client.signers(file.provenance)
  return signers.some((each) => each.repository?.toLowerCase() === owner && each.digest === commit)
}

async function replaced(ports: Ports, client: PyPIClient, artifact: Artifact, file: IndexedFile): Promise<Artifact> {
  await writeFile(artifact.path, await client.download(file))
  const measured = await measureFile(artifact.path)
  if (measured.sha256 !== file.sha256) throw new RemoteError('doubtful', `what it sent is not ${file.filename}`)
  ports.log.problem(adopted(artifact))
  return { ...artifact, ...measured }
}

function adopted({ filename, sha256 }: Artifact): Problem {
  const message = `PyPI has ${filename} of this commit already, with other bytes than were built now (sha256 ${sha256.slice(0, 12)}): its file is released.`
  return notice('published-adopted', message, 'Nothing has to be done. `adopt: never` stops such a release instead.')
}
