import type { Folder } from '@slipway/documents/folder'
import { join } from '@slipway/documents/paths'
import { shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Step } from '@slipway/documents/workflows/jobs'

/** A file of the project that a step runs. */
export interface RunFile {
  file: string
  text: string
  /** Whether a shell, make or just runs it, so that its commands can be read. */
  isShell: boolean
}

/** The files that tools read without being given their names. */
const BUILD_FILES: Record<string, readonly string[]> = {
  make: ['Makefile', 'makefile', 'GNUmakefile'],
  just: ['justfile', 'Justfile', '.justfile'],
}
/** Programs that run the file that follows them. */
const RUNNERS = /^(?:bash|sh|zsh|source|\.|python[\d.]*|node|uv)$/

async function read(names: Iterable<string>, at: string, folder: Folder): Promise<{ file: string; text: string }[]> {
  const found = [...names].map(async (name) => {
    const file = join(at, name)
    const text = file.startsWith('..') ? null : await folder.read(file)
    return text === null ? [] : [{ file, text }]
  })
  return (await Promise.all(found)).flat()
}

/** Returns the project's shell scripts that a step names, with their texts. */
export function scriptsIn({ run, folder: at }: Pick<Step, 'run' | 'folder'>, folder: Folder) {
  // In two steps, since one expression would look for the end again from each character of a long path.
  const paths = run.match(/[\w./-]+/g) ?? []
  return read(new Set(paths.flatMap((each) => /^.*\.(?:sh|bash)\b/.exec(each)?.[0] ?? [])), at, folder)
}

/** Returns the project's files that a step runs: shell scripts, Makefiles, justfiles and programs. */
export async function filesRunBy(step: Pick<Step, 'run' | 'folder'>, folder: Folder): Promise<RunFile[]> {
  const commands = shellCommands(step.run).map(({ words }) => words.map(unquoted))
  const builds = commands.flatMap(([tool = '']) => BUILD_FILES[tool] ?? [])
  const programs = commands.flatMap(([tool = '', ...rest]) => (RUNNERS.test(tool) ? rest : [tool]))
  const named = programs
    .filter((each) => each.includes('/') || /\.\w+$/.test(each))
    .filter((each) => !each.startsWith('/'))
  const [scripts, recipes, others] = await Promise.all([
    scriptsIn(step, folder),
    read(new Set(builds), step.folder, folder),
    read(new Set(named), step.folder, folder),
  ])
  const isShell = ({ file }: { file: string }) => !/\.\w+$/.test(file)
  return [
    ...[...scripts, ...recipes].map((each) => ({ ...each, isShell: true })),
    ...others
      .filter(({ file }) => !scripts.some((each) => each.file === file))
      .map((each) => ({ ...each, isShell: isShell(each) })),
  ]
}
