import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import type { Env } from './daemon.ts'
import { buildahEnv } from './harness.ts'

/** Gives the tests of a file a buildah with a separate store. Its variables are set before they run. */
export function ownBuildah(): Env {
  const env: Env = {}
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'push-'))
    Object.assign(env, await buildahEnv(join(dir, 'buildah')))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))
  return env
}
