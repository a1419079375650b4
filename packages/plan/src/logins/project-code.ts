import { shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Step } from '@slipway/documents/workflows/jobs'

/** Slipway's actions that run project code. */
const ACTIONS = /^[\w.-]+\/slipway\/actions\/(?:build-wheels|gate|push-image|verify-install)$/

/** Programs that run project code, or code that project files select, whatever their arguments. */
const PROGRAMS = [
  'maturin',
  'pytest',
  'tox',
  'nox',
  'make',
  'just',
  'cibuildwheel',
  'hatch',
  'poetry',
  'pdm',
  'npm',
  'yarn',
]

/** Subcommands of other programs that run no project code. */
const HARMLESS: Record<string, RegExp> = {
  cargo: /^(?:login|logout|yank|search|info|owner|metadata|fetch|install|--version|-V|fmt)$/,
  uv: /^(?:publish|python|venv|tool|self|cache|--version)$/,
  docker: /^(?!build$|buildx$|run$|compose$)/,
}

/** Returns the action or command by which a step runs project code; null where none is known. */
export function projectCodeIn(step: Step): string | null {
  if (ACTIONS.test(step.action)) {
    // A handed-over image is pushed unchanged.
    return step.action.endsWith('/push-image') && step.setting('manifest-sha256') ? null : step.action
  }
  if (/\/maturin-action$/.test(step.action)) {
    return /^(?:upload|publish)$/.test(step.setting('command') ?? '') ? null : step.action
  }
  if (step.action === 'pypa/cibuildwheel' || step.action.startsWith('./')) return step.action
  for (const { words } of shellCommands(step.run)) {
    const found = ofWords(words.map(unquoted))
    if (found !== null) return found
  }
  return null
}

/** Words that may precede a command. */
const PREFIX = /^(?:[A-Za-z_]\w*=.*|sudo|env|time|exec|then|do|else|if|!|\{)$/

function ofWords(all: readonly string[]): string | null {
  const words = all.slice(all.findIndex((each) => !PREFIX.test(each)))
  const [program = ''] = words
  const rest = words.slice(1)
  const verb = rest.find((each) => !/^[+-]/.test(each)) ?? rest[0] ?? ''
  const command = `${program} ${verb}`.trim()
  if (/^\.{0,2}\/?[\w./-]+\/[\w.-]+$/.test(program) && !program.startsWith('/')) return program
  if (/^(?:ba|z|da)?sh$/.test(program)) return rest.some((each) => /\.sh$|^\.{0,2}\//.test(each)) ? command : null
  if (PROGRAMS.includes(program)) return /^(?:upload|publish|--version)$/.test(verb) ? null : command
  const harmless = HARMLESS[program]
  if (harmless) return verb === '' || harmless.test(verb) ? null : command
  if (/^(?:python3?|py)$/.test(program)) return ofPython(rest)
  return /^pip3?$/.test(program) ? ofPip(rest) : null
}

function ofPython(rest: readonly string[]): string | null {
  const module = rest[rest.indexOf('-m') + 1]
  if (rest.includes('-m') && module !== undefined) {
    if (module === 'pip') return ofPip(rest.slice(rest.indexOf('-m') + 2))
    return /^(?:twine|venv|zipfile|http\.server|json\.tool)$/.test(module) ? null : `python -m ${module}`
  }
  const script = rest.find((each) => each.endsWith('.py'))
  return script === undefined ? null : `python ${script}`
}

/** pip runs code of packages that it builds or gets by path; packages by name are the workflow's own choice. */
function ofPip(rest: readonly string[]): string | null {
  const verb = rest.find((each) => /^(?:install|wheel)$/.test(each))
  const isLocal = rest.some((each) => /^(?:-e|--editable|-r|--requirement)$|^\.|\.whl$|\.tar\.gz$|^[\w-]+\//.test(each))
  return verb !== undefined && isLocal ? `pip ${verb}` : null
}
