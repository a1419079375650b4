import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { needs } from '../tools.ts'
import { root } from './checkout.ts'
import { templateTexts } from './workflows/files.ts'
import { lint, repositoryToLint } from './workflows/lint.ts'

const withActionlint = needs('actionlint')
const withZizmor = needs('zizmor')

let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-lint-'))
  const templates = templateTexts.map((text, at) => [`template-${at}.yml`, text])
  await repositoryToLint(scratch, Object.fromEntries(templates))
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

withActionlint('actionlint accepts the workflows and templates, and the inputs of the actions', () => {
  expect(lint('actionlint', ['-no-color'], scratch)).toEqual({ status: 0, output: '' })
})

withActionlint('actionlint accepts the workflows unchanged', () => {
  expect(lint('actionlint', ['-no-color'], root)).toEqual({ status: 0, output: '' })
})

// Each exception is a comment with its reason on the line it applies to.
withZizmor('zizmor accepts workflows and actions in its strictest persona', () => {
  const args = ['--offline', '--no-progress', '--color=never', '--persona=auditor', '.github', 'action.yml', 'actions']
  expect(lint('zizmor', args, root)).toEqual({ status: 0, output: '' })
})
