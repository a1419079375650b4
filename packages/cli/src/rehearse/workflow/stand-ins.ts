/** A replacement for a foreign action in a rehearsal. */
export interface StandIn {
  /** Its bundle in dist/, or shell commands. */
  by: { bundle: string } | { run: string }
  inputs: readonly string[]
  outputs: readonly string[]
  /** Why the action is not rehearsed; empty if the stand-in does the same. */
  notRehearsed: string
}

/** Returns a stand-in that does nothing and prints why. */
function nothing(reason: string, outputs: readonly string[] = []): StandIn {
  return { by: { run: `echo 'Not rehearsed: ${reason}.'` }, inputs: [], outputs, notRehearsed: reason }
}

const LOCAL_TOOLS = 'a rehearsal uses the tools on this machine'
const NO_CACHE = 'a rehearsal restores and saves no cache'

/** Stand-ins for foreign actions of any version, by name. */
export const STAND_INS: Readonly<Record<string, StandIn>> = {
  'actions/checkout': {
    by: { bundle: 'stand-in-checkout' },
    inputs: ['repository', 'ref', 'path', 'fetch-depth', 'fetch-tags', 'submodules'],
    outputs: ['ref', 'commit'],
    notRehearsed: '',
  },
  'actions/upload-artifact': {
    by: { bundle: 'stand-in-upload-artifact' },
    inputs: ['name', 'path', 'if-no-files-found', 'compression-level', 'overwrite', 'include-hidden-files'],
    outputs: ['artifact-id', 'artifact-digest', 'artifact-url'],
    notRehearsed: '',
  },
  'actions/download-artifact': {
    by: { bundle: 'stand-in-download-artifact' },
    inputs: ['name', 'path', 'pattern', 'merge-multiple', 'artifact-ids', 'run-id', 'repository'],
    outputs: ['download-path'],
    notRehearsed: '',
  },
  'docker/login-action': {
    by: { bundle: 'stand-in-docker-login' },
    inputs: ['registry', 'username', 'password'],
    outputs: [],
    notRehearsed: '',
  },
  'actions/setup-python': nothing(LOCAL_TOOLS, ['python-version', 'python-path', 'cache-hit']),
  'actions/setup-node': nothing(LOCAL_TOOLS, ['node-version', 'cache-hit']),
  'actions-rs/toolchain': nothing(LOCAL_TOOLS),
  'actions-rust-lang/setup-rust-toolchain': nothing(LOCAL_TOOLS),
  'actions-rust-lang/rustfmt': nothing(LOCAL_TOOLS),
  'dtolnay/rust-toolchain': nothing(LOCAL_TOOLS, ['cachekey', 'name']),
  'astral-sh/setup-uv': nothing(LOCAL_TOOLS),
  'docker/setup-buildx-action': nothing(LOCAL_TOOLS, ['name']),
  'docker/setup-qemu-action': nothing(LOCAL_TOOLS),
  'actions/cache': nothing(NO_CACHE, ['cache-hit']),
  'actions/cache/restore': nothing(NO_CACHE, ['cache-hit']),
  'actions/cache/save': nothing(NO_CACHE),
  'Swatinem/rust-cache': nothing(NO_CACHE, ['cache-hit']),
}

/** Returns the stand-in for an action (`actions/checkout`), if there is one. */
export function standInOf(action: string): StandIn | undefined {
  const name = Object.keys(STAND_INS).find((each) => each.toLowerCase() === action.toLowerCase())
  return name === undefined ? undefined : STAND_INS[name]
}
