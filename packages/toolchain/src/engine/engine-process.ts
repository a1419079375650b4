import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { readLayout } from '@slipway/artifacts/oci/layout'
import type { Command, Finished, Ports } from '@slipway/core/ports'
import { type FailureWords, mustRun, mustSucceed } from '../command.ts'
import { withoutSecrets } from '../secrets.ts'
import type { BuildImageOptions } from './engine.ts'

/** A program and its arguments. */
export type Argv = readonly [string, ...string[]]

/**
 * Runs an engine's program, without the secrets that are in the environment; where its logins are kept
 * (DOCKER_CONFIG, REGISTRY_AUTH_FILE) stays, since base images may be private.
 */
export async function ask({ exec, env, log }: Ports, argv: Argv): Promise<Finished> {
  return exec({ argv, cwd: tmpdir(), env: withoutSecrets(env), onLine: log.debug })
}

/**
 * As `ask`, and holds it to success.
 * @param cwd for paths that the program reads in ways of its own
 * @throws ProblemError
 */
export async function mustAsk(
  { exec, env, log }: Ports,
  argv: Argv,
  words: FailureWords,
  cwd = tmpdir(),
): Promise<Finished> {
  return mustRun(exec, { argv, cwd, env: withoutSecrets(env), onLine: log.debug }, words)
}

/** The last line of what a failed command wrote: engines say there why. */
export function lastLine({ stdout, stderr, code }: Finished): string {
  return (stderr.trim() || stdout.trim()).split('\n').at(-1)?.trim() || `exit code ${code}`
}

/** Pairs as arguments: `--label`, `k=v`, `--label`, … */
export function pairs(flag: string, values: Record<string, string> = {}): string[] {
  return Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`])
}

/**
 * Runs a build, its lines told as they come.
 * @param own variables of this engine's
 * @throws ProblemError `image-build-failed` with the last lines of both of its outputs, in the order in which they came
 */
export async function runBuild(
  { exec, env, log }: Ports,
  argv: Argv,
  options: BuildImageOptions,
  own: Command['env'] = {},
): Promise<void> {
  const words = {
    code: 'image-build-failed',
    what: `\`${argv.slice(0, argv[1] === 'buildx' ? 3 : 2).join(' ')}\` failed for ${basename(options.file)}`,
    hint: 'Build the image by the same command in the project, mend what it says, commit and try again.',
  }
  const lines: string[] = []
  const onLine = (line: string) => {
    const plain = stripVTControlCharacters(line)
    lines.push(plain)
    log.info(plain)
  }
  const { code } = await exec({ argv, cwd: options.context, onLine, env: { ...withoutSecrets(env), ...own } })
  mustSucceed({ code, stdout: lines.join('\n'), stderr: '' }, words)
}

/**
 * Has a layout made in a scratch folder and moves it to `out` when it is whole, in place of a layout that is there.
 * @param make makes the layout in `layout`; what it leaves elsewhere in `scratch` is removed
 * @throws Error when something else is at `out`, which is kept
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
