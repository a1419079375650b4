import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { readLayout } from '@slipway/artifacts/oci/layout'
import type { Command, Finished, Ports } from '@slipway/core/ports'
import { type CommandFailure, mustRun, mustSucceed } from '../command.ts'
import { withoutSecrets } from '../secrets.ts'
import type { BuildImageOptions } from './engine.ts'

/** A program and its arguments. */
export type Argv = readonly [string, ...string[]]

/**
 * Runs an engine's program without the environment's secrets. DOCKER_CONFIG and REGISTRY_AUTH_FILE, which locate its
 * logins, stay, since base images may be private.
 */
export async function ask({ exec, env, log }: Ports, argv: Argv): Promise<Finished> {
  return exec({ argv, cwd: tmpdir(), env: withoutSecrets(env), onLine: log.debug })
}

/**
 * Runs an engine's program as `ask` does; the program must succeed.
 * @param cwd the base of relative paths in `argv`
 * @throws ProblemError
 */
export async function mustAsk(
  { exec, env, log }: Ports,
  argv: Argv,
  failure: CommandFailure,
  cwd = tmpdir(),
): Promise<Finished> {
  return mustRun(exec, { argv, cwd, env: withoutSecrets(env), onLine: log.debug }, failure)
}

/** Returns the last line of a failed command's output, where engines give the reason. */
export function lastLine({ stdout, stderr, code }: Finished): string {
  return (stderr.trim() || stdout.trim()).split('\n').at(-1)?.trim() || `exit code ${code}`
}

/** Returns pairs as arguments: `--label`, `k=v`, `--label`, … */
export function pairs(flag: string, values: Record<string, string> = {}): string[] {
  return Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`])
}

/**
 * Runs a build and logs its output line by line.
 * @param own environment variables for this engine
 * @throws ProblemError `image-build-failed` with the last lines of standard output and error, in the order of arrival
 */
export async function runBuild(
  { exec, env, log }: Ports,
  argv: Argv,
  options: BuildImageOptions,
  own: Command['env'] = {},
): Promise<void> {
  const failure = {
    code: 'image-build-failed',
    what: `\`${argv.slice(0, argv[1] === 'buildx' ? 3 : 2).join(' ')}\` failed for ${basename(options.file)}`,
    hint: 'Run the same command in the project, fix what it reports, commit and try again.',
  }
  const lines: string[] = []
  const onLine = (line: string) => {
    const plain = stripVTControlCharacters(line)
    lines.push(plain)
    log.info(plain)
  }
  const { code } = await exec({ argv, cwd: options.context, onLine, env: { ...withoutSecrets(env), ...own } })
  mustSucceed({ code, stdout: lines.join('\n'), stderr: '' }, failure)
}

/**
 * Makes a layout in a scratch folder and moves it to `out` once it is complete, replacing an existing layout.
 * @param make makes the layout in `layout`; other files in `scratch` are removed
 * @throws Error when `out` holds something other than a layout, which stays
 */
export async function buildInto(out: string, make: (layout: string, scratch: string) => Promise<void>): Promise<void> {
  const scratch = join(dirname(out), `.${basename(out)}.new`)
  await rm(scratch, { recursive: true, force: true })
  await mkdir(scratch, { recursive: true })
  try {
    const layout = join(scratch, 'layout')
    await make(layout, scratch)
    await readLayout(layout)
    if (await stat(join(out, 'oci-layout')).catch(() => null)) await rename(out, join(scratch, 'old'))
    await rename(layout, out)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
