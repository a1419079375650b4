import { resolve } from 'node:path'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import { workflowArtifacts } from './artifact-store.ts'
import { choice, type Inputs, list, text } from './inputs.ts'
import type { Context } from './main.ts'

/** Inputs of every action of a release: the project, its tag, and the manifest of earlier steps or jobs. */
export const jobInputs = {
  path: text({ default: '.' }),
  tag: text(),
  manifest: text({ default: 'dist/manifest.json' }),
  'manifest-sha256': text(),
}

/** Inputs that select parts of the project: names, `auto` for all, `off` for none. */
export const selectionInputs = {
  crates: list({ default: 'auto' }),
  packages: list({ default: 'auto' }),
  targets: list({ default: 'auto' }),
  images: list({ default: 'auto' }),
}

/** The input for trusted publishing, of actions that publish or check logins. */
export const trustedInput = choice(['auto', 'always', 'never'], { default: 'auto' })

/** Inputs of an action for a whole release: `jobInputs`, and the login of every destination. */
export const releaseInputs = {
  ...jobInputs,
  'crates-token': text({ secret: true }),
  'pypi-token': text({ secret: true }),
  'test-pypi-token': text({ secret: true }),
  'test-pypi': choice(['auto', 'required', 'advisory', 'off', 'true', 'false'], { default: 'auto' }),
  'release-id': text(),
  'github-token': text({ secret: true }),
  'dockerhub-username': text(),
  'dockerhub-token': text({ secret: true }),
}

/** The job's part of a use case's options. */
export interface JobSetting {
  dir: string
  manifest: string
  store: ArtifactStore | null
  mask(secret: string): void
}

/** Returns the job's part of a use case's options, with absolute paths, and directs annotations to the project's files. */
export function jobSetting(
  { ports, report, workflow }: Pick<Context, 'ports' | 'report' | 'workflow'>,
  { path, manifest = 'dist/manifest.json' }: { path: string; manifest?: string },
): JobSetting {
  report.project = path
  return { dir: resolve(path), manifest: resolve(manifest), store: workflowArtifacts(ports), mask: workflow.mask }
}

/** Returns a function that saves the current minted token of a channel for the post step; null clears it. */
export function tokensKept({ workflow }: Pick<Context, 'workflow'>): (channel: string, token: string | null) => void {
  return (channel, token) => workflow.saveState(`token-${channel}`, token ?? '')
}

/** Returns, in the post step, the minted token that the action saved for a channel, or null. */
export function tokenLeft({ ports, workflow }: Pick<Context, 'ports' | 'workflow'>, channel: string): string | null {
  const token = ports.env[`STATE_token-${channel}`] || null
  if (token !== null) workflow.mask(token)
  return token
}

/** Returns the tokens of a whole release by channel. */
export function releaseTokens(inputs: {
  cratesToken?: string | undefined
  pypiToken?: string | undefined
  testPypiToken?: string | undefined
  githubToken?: string | undefined
}): Record<string, string | undefined> {
  const { cratesToken: crates, pypiToken: pypi, testPypiToken: testpypi, githubToken: github } = inputs
  return { crates, pypi, testpypi, github }
}

/** Returns the mode of `test-pypi`: `true` and `false` are former values for `required` and `auto`. */
export function trialMode(
  testPypi: Inputs<typeof releaseInputs>['testPypi'],
): 'auto' | 'required' | 'advisory' | 'off' {
  return testPypi === 'true' ? 'required' : testPypi === 'false' ? 'auto' : testPypi
}
