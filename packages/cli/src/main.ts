import { parseArgs } from 'node:util'
import { ProblemError } from '@slipway/core/problem'
import { showProblems } from './problems.ts'
import { plain, terminalOf } from './terminal.ts'
import { COMMANDS } from './usage.ts'
import { USAGE, UsageError } from './usage-error.ts'

/** The module of each command, loaded only when the command runs. */
const MODULES = {
  init: () => import('./init.ts'),
  plan: () => import('./plan.ts'),
  trust: () => import('./trust.ts'),
  bump: () => import('./bump.ts'),
  inspect: () => import('./inspect.ts'),
  rehearse: () => import('./rehearse.ts'),
  sandbox: () => import('./sandbox.ts'),
} satisfies Record<keyof typeof COMMANDS, unknown>

/** Whether a command of this name exists. */
function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name)
}

/** Runs the command line and returns the exit code: 0 success, 1 problems, 2 wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined) throw new UsageError('A command is required.')
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(USAGE)
    return 0
  }
  if (!isCommand(name)) throw new UsageError(`Unknown command ${JSON.stringify(name)}.`)
  const command = COMMANDS[name]
  const { values, positionals } = parse(rest, command)
  if (values.help) {
    process.stdout.write(command.usage)
    return 0
  }
  if (positionals.length > command.positionals) throw new UsageError(`Too many arguments for ${name}.`, command.usage)
  return (await MODULES[name]()).run(positionals, values as never)
}

function parse(args: string[], { options, usage }: (typeof COMMANDS)[keyof typeof COMMANDS]) {
  try {
    const all = { ...options, help: { type: 'boolean', short: 'h' } } as const
    return parseArgs({ args: args.flatMap(withOptionalFile), options: all, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new UsageError((cause as Error).message, usage)
  }
}

/**
 * Gives `--workflow` a value, the name of a YAML file or nothing, since the next argument may be the project's folder.
 */
function withOptionalFile(arg: string, at: number, all: readonly string[]): string[] {
  const isFile = (text = '') => /\.ya?ml$/.test(text)
  if (arg === '--workflow') return [`--workflow=${isFile(all[at + 1]) ? all[at + 1] : ''}`]
  return isFile(arg) && all[at - 1] === '--workflow' ? [] : [arg]
}

function fail(cause: unknown): number {
  const terminal = terminalOf(process.stderr, process.env)
  if (cause instanceof UsageError) {
    terminal.write(`slipway: ${cause.message}\n\n${cause.usage}`)
    return 2
  }
  if (cause instanceof ProblemError) {
    showProblems(terminal, cause.problems)
  } else {
    terminal.write(`slipway: ${plain(cause instanceof Error ? cause.message : String(cause))}\n`)
  }
  if (process.env.RUNNER_DEBUG === '1') terminal.write(`${cause instanceof Error ? cause.stack : ''}\n`)
  return 1
}

// A reader such as `head` may close the pipe early; unread output is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause
  })
}

// Not awaited: a command's module is bundled with this one and cannot load before this one has ended.
main(process.argv.slice(2))
  .catch(fail)
  .then((code) => {
    process.exitCode = code
  })
