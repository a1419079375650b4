import { join } from 'node:path'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import { CratesClient } from '@slipway/registries/crates/client'
import { CratesPublisher } from '@slipway/registries/crates/publisher'
import { PUBLIC } from '@slipway/registries/endpoints'
import { buildCrates } from '@slipway/release/build/build'
import { cratesIoNames } from '@slipway/release/plan/crates-io'
import { inScratch } from './scratch.ts'
import type { SourceCopy } from './source-copy.ts'

/**
 * Checks whether crates.io already has different content under the plan's version. This runs before any build, because
 * such a rehearsal would fail at the end. A registry that does not answer is ignored.
 * @param index the index that the user's cargo uses as crates.io
 */
export async function alreadyOut(ports: Ports, { dir, work, plan }: SourceCopy, index: string): Promise<Problem[]> {
  const client = new CratesClient(ports, { index, token: null })
  const isOut = async (name: string) => (await client.indexed(name, versionOf(plan, name))) !== null
  try {
    const found = await Promise.all(cratesIoNames(plan).map(isOut))
    if (!found.includes(true)) return []
    return await inScratch(work, async (out) => {
      const files = await buildCrates(ports, { dir, plan, out, targetDir: join(out, 'target'), verify: false })
      const to = { name: 'crates.io', isCratesIo: true, index, token: null, web: PUBLIC.crates.web }
      const probes = await new CratesPublisher(ports, to).probe(files)
      const different = files.filter((_, at) => probes[at]?.state === 'different').map((each) => each.project)
      return different.length === 0 ? [] : [isTaken(plan, different)]
    })
  } catch (cause) {
    if (cause instanceof RemoteError) return []
    throw cause
  }
}

function versionOf({ crates, version }: Plan, name: string): string {
  return crates.find((each) => each.name === name)?.version ?? version
}

function isTaken({ version, versions }: Plan, crates: readonly string[]): Problem {
  const message = `crates.io has ${crates.join(', ')} ${version} with different content, so this version cannot be published.`
  const hint = 'Bump the version with `slipway bump patch`, commit, and rehearse again.'
  const where = versions.find((each) => each.value === version)
  return error('version-is-out', message, hint, where && { file: where.file, line: where.line })
}
