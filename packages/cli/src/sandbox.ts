import { once } from 'node:events'
import { resolve } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import { answers, readDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'
import { jsonFile } from './json-file.ts'
import { cargoUpstream } from './rehearse/cargo-overlay.ts'
import { showSandbox } from './services-table.ts'
import { COMMANDS } from './usage.ts'
import { UsageError } from './usage-error.ts'

/** Runs `slipway sandbox` until SIGTERM or SIGINT. */
export async function run(_: string[], options: { dir?: string; json?: string }): Promise<number> {
  if (options.dir === undefined) throw new UsageError('sandbox needs --dir.', COMMANDS.sandbox.usage)
  const dir = resolve(options.dir)
  const running = await readDescription(dir)
  if (running && (await answers(running))) {
    throw new ProblemError(
      error(
        'sandbox-running',
        `A sandbox is already running in ${options.dir} (process ${running.pid}).`,
        'Use that sandbox, or stop its process first.',
      ),
    )
  }
  const writeJson = await jsonFile(options.json)
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  const sandbox = await startSandbox({ dir, cargoUpstream: await cargoUpstream(process.env) })
  await writeJson(sandbox.description)
  showSandbox(sandbox.description)
  await stop
  await sandbox.close()
  return 0
}
