import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../checkout.ts'

export interface Step {
  name?: string
  id?: string
  if?: string
  uses?: string
  run?: string
  env?: Record<string, string>
  with?: Record<string, unknown>
  'continue-on-error'?: unknown
}

export interface Job {
  name?: string
  needs?: string | string[]
  if?: string
  uses?: string
  with?: Record<string, unknown>
  secrets?: Record<string, string> | string
  permissions?: Record<string, string>
  environment?: unknown
  concurrency?: unknown
  outputs?: Record<string, string>
  'runs-on'?: string
  'timeout-minutes'?: number
  'continue-on-error'?: unknown
  strategy?: { matrix?: Record<string, unknown> }
  steps?: Step[]
}

export interface Called {
  inputs?: Record<string, { description?: string; type: string; default?: unknown; required?: boolean }>
  secrets?: Record<string, { description?: string; required?: boolean }>
  outputs?: Record<string, { description?: string; value: string }>
}

export interface Workflow {
  name?: string
  on: Record<string, unknown> & { workflow_call?: Called | null }
  permissions?: Record<string, string>
  concurrency?: { group: string; queue?: string; 'cancel-in-progress'?: unknown }
  env?: unknown
  jobs: Record<string, Job>
}

const folder = join(root, '.github/workflows')

/** Text of each workflow by file name. */
export const texts = Object.fromEntries(
  readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
)

/** Each workflow by file name. */
export const workflows = Object.fromEntries(
  Object.entries(texts).map(([file, text]) => [file, parse(text) as Workflow]),
)

/** The workflows that other repositories call. */
export const REUSABLE = ['check.yml', 'build.yml', 'stage.yml', 'finish.yml', 'release.yml']

/** The templates of docs/workflows.md, in order. */
export const templateTexts = [
  ...readFileSync(join(root, 'docs/workflows.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g),
].map(([, text = '']) => text)

export const [tokens, trusted, pullRequest] = templateTexts.map((text) => parse(text)) as [Workflow, Workflow, Workflow]

/** Returns the name of the sibling action that a step of a workflow or template uses, or null. */
export function actionOf({ uses = '' }: Step): string | null {
  return /^(?:\$|OWNER\/slipway)\/actions\/([\w-]+)(?:@v1)?$/.exec(uses)?.[1] ?? null
}

/** Returns the workflow of this repository that a job calls, or null. */
export function calledBy({ uses = '' }: Job): string | null {
  return /^(?:\.|OWNER\/slipway)\/\.github\/workflows\/([\w-]+\.yml)(?:@v1)?$/.exec(uses)?.[1] ?? null
}

export const needsOf = ({ needs = [] }: Job): string[] => [needs].flat()
