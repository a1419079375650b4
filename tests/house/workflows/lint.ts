import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../checkout.ts'
import { texts } from './files.ts'

/** Names a sibling action with `./`, which actionlint looks up, so that it also checks inputs and outputs. */
export function local(_: string, name: string): string {
  // Actions that do not exist yet are named like those of another repository.
  return existsSync(join(root, 'actions', name, 'action.yml')) ? `./actions/${name}` : `o/r/actions/${name}@v1`
}

/** Makes a repository with Slipway's workflows and actions, and adds other workflows by file name. */
export async function repositoryToLint(scratch: string, more: Record<string, string>): Promise<void> {
  await mkdir(join(scratch, '.git'))
  await mkdir(join(scratch, '.github/workflows'), { recursive: true })
  await cp(join(root, '.github/actionlint.yaml'), join(scratch, '.github/actionlint.yaml'))
  const own = Object.entries(texts).map(([file, text]) => [file, text.replace(/\$\/actions\/([\w-]+)/g, local)])
  for (const [file = '', text = ''] of [...own, ...Object.entries(more)]) {
    await writeFile(join(scratch, '.github/workflows', file), text)
  }
  await cp(join(root, 'actions'), join(scratch, 'actions'), { recursive: true })
  await cp(join(root, 'dist'), join(scratch, 'dist'), { recursive: true })
}

/** Runs a linter. Returns its output only if it fails. */
export function lint(program: string, args: string[], cwd: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  return { status, output: status === 0 ? '' : `${stdout}${stderr}` }
}
