import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describeFile } from '@slipway/artifacts/artifact'
import type { Artifact, ArtifactKind } from '@slipway/core/artifact'
import { type ControlClient, controlClient } from '@slipway/sandbox/control'
import { type Sandbox, startSandbox } from '@slipway/sandbox/start'

/** Fake milliseconds per real one: the sandbox's lag passes in real time. */
export const TIME_SCALE = 100

/** A sandbox for one test file, with a folder for artifacts. */
export interface Bench {
  /** Folder for the files of the cases. */
  folder: string
  sandbox: Sandbox
  control: ControlClient
  /** Returns a name that no other case uses. */
  name(): string
  /** Writes a file and describes it. */
  file(kind: ArtifactKind, project: string, filename: string, bytes: Uint8Array, folder?: string): Promise<Artifact>
  /** Counts how often a service accepted each file. */
  accepted(
    service: string,
    artifacts: readonly Artifact[],
    marks: (artifact: Artifact) => string,
  ): Promise<Record<string, number>>
  close(): Promise<void>
}

/** Starts a sandbox with no upstream. */
export async function openBench(): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-contract-'))
  const sandbox = await startSandbox({ dir, cargoUpstream: null })
  const control = controlClient(sandbox.description.control.url)
  let count = 0
  return {
    folder: dir,
    sandbox,
    control,
    name: () => `case${count++}x`,
    async file(kind, project, filename, bytes) {
      const path = join(await mkdtemp(join(dir, 'file-')), filename)
      await writeFile(path, bytes)
      return describeFile(kind, project, '1.0.0', path)
    },
    async accepted(service, artifacts, marks) {
      const taken = (await control.log()).filter(
        (each) => each.service === service && each.upload && each.accepted && each.effect,
      )
      const counts = artifacts.map(
        (each) => [each.filename, taken.filter(({ effect }) => effect?.includes(marks(each))).length] as const,
      )
      return Object.fromEntries(counts.filter(([, times]) => times > 0))
    },
    async close() {
      await sandbox.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Sleeps in real time for a fake pause. */
export async function realPause(milliseconds: number): Promise<void> {
  await setTimeout(milliseconds / TIME_SCALE)
}
