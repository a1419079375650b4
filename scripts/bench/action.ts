import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { DIST, type Ran, ROOT, type RunOptions, run } from './measure.ts'

/** A run of an action. */
export interface ActionRun extends RunOptions {
  /** The workspace. */
  cwd: string
  /** Where the runner's files go. */
  scratch: string
  /** Arguments of node itself. */
  node?: readonly string[]
}

/** How an action ended that succeeded. */
export interface Acted extends Ran {
  outputs: Record<string, string>
}

/** A process's environment without what a runner, or the user's own logins, would put there. */
export function cleanEnvironment(): Record<string, undefined> {
  const foreign = /^(INPUT_|STATE_|ACTIONS_|GITHUB_|RUNNER_|CARGO_REGISTR|SLIPWAY_|TWINE_|UV_|NODE_OPTIONS$)/
  return Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => foreign.test(name))
      .map((name) => [name, undefined]),
  )
}

/**
 * Runs a committed action as the runner does: its inputs and their defaults as variables, files for what it reports.
 * @throws BenchError when the action fails
 */
export async function runAction(name: string, inputs: Record<string, string>, around: ActionRun): Promise<Acted> {
  const { cwd, scratch, env = {}, node = [] } = around
  const file = join(ROOT, 'actions', name, 'action.yml')
  const declared = parse(readFileSync(file, 'utf8')).inputs as Record<string, { default?: string }>
  const given = Object.entries(declared).map(([input, { default: fallback = '' }]) => {
    const value = inputs[input] ?? String(fallback).replace(/^\$\{\{.*\}\}$/, '')
    return [`INPUT_${input.replaceAll(' ', '_').toUpperCase()}`, value]
  })
  const temp = mkdtempSync(join(scratch, 'runner-'))
  mkdirSync(join(temp, 'temp'))
  const files = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH']
  for (const each of files) writeFileSync(join(temp, each), '')
  const ran = await run([process.execPath, ...node, join(DIST, `${name}.js`)], {
    cwd,
    env: {
      ...cleanEnvironment(),
      ...Object.fromEntries(files.map((each) => [each, join(temp, each)])),
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: cwd,
      GITHUB_REPOSITORY: 'owner/project',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REF_NAME: 'main',
      RUNNER_TEMP: join(temp, 'temp'),
      ...Object.fromEntries(given),
      ...env,
    },
  })
  const told = readFileSync(join(temp, 'GITHUB_OUTPUT'), 'utf8')
  const outputs = [...told.matchAll(/^([^\n<]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, key, , value]) => [key, value])
  return { ...ran, outputs: Object.fromEntries(outputs) }
}
