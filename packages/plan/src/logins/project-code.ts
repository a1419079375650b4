import { shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Step } from '../checks/workflows/jobs.ts'

/** Slipway's actions that run code of the project. */
const ACTIONS = /^[\w.-]+\/slipway\/actions\/(?:build-wheels|gate|push-image|verify-install)$/

/** Programs that run code of the project, or that its files choose, whatever they are told. */
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

/** Verbs of others that do not. */
const HARMLESS: Record<string, RegExp> = {
  cargo: /^(?:login|logout|yank|search|info|owner|metadata|fetch|install|--version|-V|fmt)$/,
  uv: /^(?:publish|python|venv|tool|self|cache|--version)$/,
  docker: /^(?!build$|buildx$|run$|compose$)/,
}

/** What of a step is code of the project; null for nothing that is known. */
export function codeIn(step: Step): string | null {
  if (ACTIONS.test(step.action)) {
    // What is handed over is pushed as it is.
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

/** What stands before a command. */
const BEFORE = /^(?:[A-Za-z_]\w*=.*|sudo|env|time|exec|then|do|else|if|!|\{)$/

function ofWords(all: readonly string[]): string | null {
  const words = all.slice(all.findIndex((each) => !BEFORE.test(each)))
  const [program = ''] = words
  const rest = words.slice(1)
  const verb = rest.find((each) => !/^[+-]/.test(each)) ?? rest[0] ?? ''
  const shown = `${program} ${verb}`.trim()
  if (/^\.{0,2}\/?[\w./-]+\/[\w.-]+$/.test(program) && !program.startsWith('/')) return program
  if (/^(?:ba|z|da)?sh$/.test(program)) return rest.some((each) => /\.sh$|^\.{0,2}\//.test(each)) ? shown : null
  if (PROGRAMS.includes(program)) return /^(?:upload|publish|--version)$/.test(verb) ? null : shown
  const harmless = HARMLESS[program]
  if (harmless) return verb === '' || harmless.test(verb) ? null : shown
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

/** pip runs code of what it builds or is given by path; packages by name are the workflow's own choice. */
function ofPip(rest: readonly string[]): string | null {
  const verb = rest.find((each) => /^(?:install|wheel)$/.test(each))
  const isLocal = rest.some((each) => /^(?:-e|--editable|-r|--requirement)$|^\.|\.whl$|\.tar\.gz$|^[\w-]+\//.test(each))
  return verb !== undefined && isLocal ? `pip ${verb}` : null
}
