import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import { answers, readDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'
import { cargoUpstream } from './rehearse/cargo-overlay.ts'
import { showSandbox } from './services-table.ts'
import { COMMANDS, UsageError } from './usage.ts'

/** `slipway sandbox`: until SIGTERM or SIGINT. */
export async function run(_: string[], options: { dir?: string; json?: string }): Promise<number> {
  if (options.dir === undefined) throw new UsageError('sandbox needs --dir.', COMMANDS.sandbox.usage)
  const dir = resolve(options.dir)
  const running = await readDescription(dir)
  if (running && (await answers(running))) {
    throw new ProblemError(
      error(
        'sandbox-running',
        `The services of ${options.dir} run already (process ${running.pid}).`,
        'Use them as they are, or stop that process first.',
      ),
    )
  }
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  const sandbox = await startSandbox({ dir, cargoUpstream: await cargoUpstream(process.env) })
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(sandbox.description, null, 2)}\n`, { mode: 0o600 })
  showSandbox(sandbox.description)
  await stop
  await sandbox.close()
  return 0
}
