import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { needs } from '../tools.ts'
import { root } from './checkout.ts'
import { templateTexts, texts } from './workflows/files.ts'

const withActionlint = needs('actionlint')
const withZizmor = needs('zizmor')

let scratch: string

/**
 * Makes a repository whose workflows name sibling actions with `./`, which actionlint looks up, so that it also checks inputs
 * and outputs. Actions that do not exist yet are named like those of another repository.
 */
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-lint-'))
  await mkdir(join(scratch, '.git'))
  await mkdir(join(scratch, '.github/workflows'), { recursive: true })
  await cp(join(root, '.github/actionlint.yaml'), join(scratch, '.github/actionlint.yaml'))
  const local = (_: string, name: string) => {
    return existsSync(join(root, 'actions', name, 'action.yml')) ? `./actions/${name}` : `o/r/actions/${name}@v1`
  }
  for (const [file, text] of Object.entries(texts)) {
    await writeFile(join(scratch, '.github/workflows', file), text.replace(/\$\/actions\/([\w-]+)/g, local))
  }
  await cp(join(root, 'actions'), join(scratch, 'actions'), { recursive: true })
  await cp(join(root, 'dist'), join(scratch, 'dist'), { recursive: true })
  for (const [at, text] of templateTexts.entries()) {
    await writeFile(join(scratch, '.github/workflows', `template-${at}.yml`), text)
  }
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

function run(program: string, args: string[], cwd: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  return { status, output: status === 0 ? '' : `${stdout}${stderr}` }
}

withActionlint('actionlint accepts the workflows and templates, and the inputs of the actions', () => {
  expect(run('actionlint', ['-no-color'], scratch)).toEqual({ status: 0, output: '' })
})

withActionlint('actionlint accepts the workflows unchanged', () => {
  expect(run('actionlint', ['-no-color'], root)).toEqual({ status: 0, output: '' })
})

// Each exception is a comment with its reason on the line it applies to.
withZizmor('zizmor accepts workflows and actions in its strictest persona', () => {
  const args = ['--offline', '--no-progress', '--color=never', '--persona=auditor', '.github', 'action.yml', 'actions']
  expect(run('zizmor', args, root)).toEqual({ status: 0, output: '' })
})
