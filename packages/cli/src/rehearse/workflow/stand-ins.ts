/** What takes the place of an action of others in a rehearsal. */
export interface StandIn {
  /** Its bundle in dist/, or a few commands of a shell. */
  by: { bundle: string } | { run: string }
  inputs: readonly string[]
  outputs: readonly string[]
  /** Why what the action does is not rehearsed; empty where the stand-in does the same. */
  notRehearsed: string
}

/** The machine has its tools already. */
function nothing(reason: string, outputs: readonly string[] = []): StandIn {
  return { by: { run: `echo 'Not rehearsed: ${reason}.'` }, inputs: [], outputs, notRehearsed: reason }
}

const OWN_TOOLS = 'the tools of this machine are used'
const NO_CACHE = 'a rehearsal restores and saves no cache'

/** The actions of others that a rehearsal knows, by name, of whatever version. */
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
  'actions/setup-python': nothing(OWN_TOOLS, ['python-version', 'python-path', 'cache-hit']),
  'actions/setup-node': nothing(OWN_TOOLS, ['node-version', 'cache-hit']),
  'actions-rs/toolchain': nothing(OWN_TOOLS),
  'actions-rust-lang/setup-rust-toolchain': nothing(OWN_TOOLS),
  'actions-rust-lang/rustfmt': nothing(OWN_TOOLS),
  'dtolnay/rust-toolchain': nothing(OWN_TOOLS, ['cachekey', 'name']),
  'astral-sh/setup-uv': nothing(OWN_TOOLS),
  'docker/setup-buildx-action': nothing(OWN_TOOLS, ['name']),
  'docker/setup-qemu-action': nothing(OWN_TOOLS),
  'actions/cache': nothing(NO_CACHE, ['cache-hit']),
  'actions/cache/restore': nothing(NO_CACHE, ['cache-hit']),
  'actions/cache/save': nothing(NO_CACHE),
  'Swatinem/rust-cache': nothing(NO_CACHE, ['cache-hit']),
}

/** The stand-in for an action (`actions/checkout`); undefined for one that is not known. */
export function standInOf(action: string): StandIn | undefined {
  const name = Object.keys(STAND_INS).find((each) => each.toLowerCase() === action.toLowerCase())
  return name === undefined ? undefined : STAND_INS[name]
}
