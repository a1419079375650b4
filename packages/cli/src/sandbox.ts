import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { error, ProblemError } from '@slipway/core/problem'
import { answers, readDescription, type SandboxDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'
import { cargoUpstream } from './rehearse/cargo-overlay.ts'
import { columns, terminalOf } from './terminal.ts'
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

/** Shows where the services are and how to get in: they are local, and their tokens count nowhere else. */
export function showSandbox({ cargo, pypi, testpypi, github }: SandboxDescription): void {
  const terminal = terminalOf(process.stdout, process.env)
  const rows = [
    ['service', 'for', 'address', 'token'],
    ['cargo', 'index', cargo.index, cargo.token],
    ['pypi', 'upload', pypi.upload, pypi.token],
    ['pypi', 'install', pypi.simple, ''],
    ['testpypi', 'upload', testpypi.upload, testpypi.token],
    ['testpypi', 'install', testpypi.simple, ''],
    ['github', 'API', github.api, github.token],
  ]
  terminal.write(columns(terminal, rows))
}
