import { join } from '@slipway/documents/paths'
import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'

/** A command that publishes crates to crates.io, as far as its words tell. */
export interface CargoPublish {
  /** For people: `cargo publish -p demo`. */
  words: string
  /** Lines above it in its script. */
  line: number
  /** The folder it runs in, relative to the project. */
  folder: string
  /** The crates that it names; a variable stays as written. */
  packages: string[]
  /** The manifest that it names, relative to the project; null for none. */
  manifest: string | null
  /** Whether it publishes all crates of the workspace, without those of `exclude`. */
  isWorkspace: boolean
  exclude: string[]
}

/** Subcommands of cargo that publish (the Cargo book; cargo-release, cargo-workspaces, cargo-smart-release, release-plz). */
const PUBLISHING = /^(?:publish|release|workspaces publish|ws publish|smart-release|release-plz release|mono publish)$/
/** Other tools publish a whole workspace unless they are given names. */
const ALWAYS_WORKSPACE = /^(?!publish$)/

/** Returns the values of an option: `-p a --package=b` has `a` and `b`. */
function valuesOf(words: readonly string[], ...names: string[]): string[] {
  return words.flatMap((word, index) => {
    const [name = '', value] = word.split(/=(.*)/s)
    return names.includes(name) ? [value ?? words[index + 1] ?? ''] : []
  })
}

/** Reads a command; null for one that publishes nothing. @param folder it runs in */
function publication({ words, line }: ShellCommand, folder: string): CargoPublish | null {
  const plain = words.map(unquoted)
  const at = plain.findIndex((each) => each.split('/').at(-1) === 'cargo')
  const rest = at < 0 ? [] : plain.slice(at + 1).filter((each) => !each.startsWith('+'))
  const verb = rest.filter((each) => !each.startsWith('-'))
  const isDry = rest.includes('--dry-run') || rest.includes('-n') || rest.includes('--help')
  const tool = [verb[0] ?? '', verb.slice(0, 2).join(' ')].find((each) => PUBLISHING.test(each))
  // A version may follow `cargo release`; `cargo publish` has options only.
  if (at > 3 || tool === undefined || isDry || valuesOf(rest, '--registry', '--index').length > 0) return null
  const [manifest] = valuesOf(rest, '--manifest-path')
  const packages = valuesOf(rest, '-p', '--package')
  const isAll = rest.includes('--workspace') || rest.includes('--all') || ALWAYS_WORKSPACE.test(tool)
  const shown = rest.filter((each, index) => !/token/i.test(each) && !/token/i.test(rest[index - 1] ?? ''))
  return {
    words: ['cargo', ...shown].join(' '),
    line,
    folder,
    packages,
    manifest: manifest === undefined ? null : join(folder, manifest),
    isWorkspace: isAll && packages.length === 0,
    exclude: valuesOf(rest, '--exclude'),
  }
}

/**
 * Returns the commands of a script that publish crates to crates.io; not rehearsals and other registries.
 * @param folder that the script starts in, relative to the project; `cd` changes it
 */
export function cargoPublishes(script: string, folder: string): CargoPublish[] {
  let current = join(folder)
  return shellCommands(script).flatMap((command) => {
    const [name, to] = command.words.map(unquoted)
    if ((name === 'cd' || name === 'pushd') && to !== undefined && !/[$~]/.test(to)) current = join(current, to)
    return publication(command, current) ?? []
  })
}
