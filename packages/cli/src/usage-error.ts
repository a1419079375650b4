/** Thrown when the command line is wrong: exit code 2. */
export class UsageError extends Error {
  readonly usage: string

  constructor(message: string, usage: string = USAGE) {
    super(message)
    this.usage = usage
  }
}

/** The text of `slipway --help`. */
export const USAGE = `slipway: release Rust + Python projects from one version tag

  slipway init [DIR]        Write the release workflow, and list what is left to do
  slipway plan [DIR]        Show what a release would do and what blocks it
  slipway trust [DIR]       Show and check how workflows log in to crates.io and PyPI
  slipway bump VERSION      Set the version in every file that contains it
  slipway inspect FILE...   Check wheels, sdists and crates before they are published
  slipway rehearse [DIR]    Release into local services, then install and verify everything
  slipway sandbox --dir D   Run local crates.io, PyPI, Test PyPI, GitHub and image registries

Run slipway COMMAND --help for the options of a command.
`
