import { resolve } from 'node:path'
import type { ArtifactStore } from '@slipway/core/artifact-store'
import { workflowArtifacts } from './artifact-store.ts'
import { choice, type Inputs, list, text } from './inputs.ts'
import type { Context } from './main.ts'

/** Inputs of every action that takes part in a release: the project, and what earlier steps or jobs made of it. */
export const jobInputs = {
  path: text({ default: '.' }),
  tag: text(),
  manifest: text({ default: 'dist/manifest.json' }),
  'manifest-sha256': text(),
}

/** Inputs of an action that plans a part of what the project holds: names, `auto` for all, `off` for none. */
export const selectionInputs = {
  crates: list({ default: 'auto' }),
  packages: list({ default: 'auto' }),
  targets: list({ default: 'auto' }),
  images: list({ default: 'auto' }),
}

/** How an action that publishes, or checks its logins, learns who publishes. */
export const trustedInput = choice(['auto', 'always', 'never'], { default: 'auto' })

/** Inputs of an action that looks at a whole release: those, and the login of every destination. */
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

/** What a use case is told of the job that it runs in. */
export interface JobSetting {
  dir: string
  manifest: string
  store: ArtifactStore | null
  mask(secret: string): void
}

/** The job's part of a use case's options: folders become absolute, and problems are shown in the project's files. */
export function jobSetting(
  { ports, report, workflow }: Pick<Context, 'ports' | 'report' | 'workflow'>,
  { path, manifest = 'dist/manifest.json' }: { path: string; manifest?: string },
): JobSetting {
  report.project = path
  return { dir: resolve(path), manifest: resolve(manifest), store: workflowArtifacts(ports), mask: workflow.mask }
}

/** What tells the runner of tokens that are minted, so that the post step finds those which are still good. */
export function tokensKept({ workflow }: Pick<Context, 'workflow'>): (channel: string, token: string | null) => void {
  return (channel, token) => workflow.saveState(`token-${channel}`, token ?? '')
}

/** The minted token of a channel that an action left behind, for its post step; null for none. */
export function tokenLeft({ ports, workflow }: Pick<Context, 'ports' | 'workflow'>, channel: string): string | null {
  const token = ports.env[`STATE_token-${channel}`] || null
  if (token !== null) workflow.mask(token)
  return token
}

/** The tokens of a whole release by channel. */
export function releaseTokens(inputs: {
  cratesToken?: string | undefined
  pypiToken?: string | undefined
  testPypiToken?: string | undefined
  githubToken?: string | undefined
}): Record<string, string | undefined> {
  const { cratesToken: crates, pypiToken: pypi, testPypiToken: testpypi, githubToken: github } = inputs
  return { crates, pypi, testpypi, github }
}

/** What `test-pypi` says: `true` and `false` are the former words for `required` and `auto`. */
export function trialMode(
  testPypi: Inputs<typeof releaseInputs>['testPypi'],
): 'auto' | 'required' | 'advisory' | 'off' {
  return testPypi === 'true' ? 'required' : testPypi === 'false' ? 'auto' : testPypi
}
