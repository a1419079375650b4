import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Step } from '@slipway/documents/workflows/jobs'

/** A command or action that writes to a place without a local stand-in. */
export interface ForeignWrite {
  /** `cargo publish` */
  what: string
  /** Lines below the first line of the step. */
  line: number
}

/** Options between a tool's name and its verb: `+stable`, `--config x.toml`, `-C folder`. */
const OPTIONS = String.raw`(?:\s+(?:\+\S+|-{1,2}\S+(?:\s+(?!publish|upload|release|push)[^\s-]\S*)?))*`

/** Commands that write to remotes on their own, each with its name in messages. */
const COMMANDS: readonly [pattern: RegExp, what: string][] = [
  ...['publish', 'release', 'login', 'yank', 'owner', 'ws publish', 'workspaces publish'].map(command('cargo')),
  ...['upload', 'register'].map(command('twine')),
  ...['publish', 'upload'].map(command('maturin')),
  ...['release', 'api', 'workflow', 'pr', 'issue', 'repo'].map(command('gh')),
  ...['push', 'login', 'image push', 'manifest push', 'buildx imagetools create'].map(command('docker')),
  ...['push', 'manifest push'].flatMap((verb) => ['podman', 'buildah', 'nerdctl'].map((tool) => command(tool)(verb))),
  ...['copy', 'sync'].map(command('skopeo')),
  ...['push', 'copy', 'tag', 'append'].map(command('crane')),
  ...['uv', 'poetry', 'hatch', 'flit', 'pdm', 'rye', 'npm', 'pnpm', 'yarn'].map((tool) => command(tool)('publish')),
  command('semantic-release')(''),
  ...['ssh', 'scp', 'sftp'].map((tool): [RegExp, string] => [new RegExp(`^(?:sudo\\s+)?${tool}\\s`), tool]),
]

/** `docker buildx build` and `docker build` that push the result. */
const PUSHED_BUILD = /\b(?:docker|podman|nerdctl)\b.*\bbuild\b.*(?:--push\b|type=registry|push=true)/

function command(tool: string): (verb: string) => [RegExp, string] {
  return (verb) => {
    const words = verb.replaceAll(' ', String.raw`\s+`)
    return [new RegExp(`(?<![\\w./-])${tool}${OPTIONS}${words && `\\s+${words}`}(?![\\w-])`), `${tool} ${verb}`.trim()]
  }
}

/** Commands that only print or test their words. */
const SHOWS = /^(?:echo|printf|:|true|grep|cat|test|\[)$/
/** Shells, which run their input or arguments. */
const SHELL = /^(?:.*\/)?(?:ba|z|da|)sh$/
const DRY = /\s(?:--dry-run|--help)\b/

/** Returns the foreign writes in a text of commands; commands that are only printed do not count. */
export function writesOfCommands(text: string, above = 0): ForeignWrite[] {
  const found = shellCommands(text).flatMap((each) => writesOfCommand(each, above))
  // A substituted command is also part of the command around it.
  return [...new Map(found.map((each) => [`${each.line} ${each.what}`, each])).values()]
}

/** Returns the foreign writes of a command, and of the commands in it. @param above lines above its text */
export function writesOfCommand({ words, document, line, inner, after }: ShellCommand, above = 0): ForeignWrite[] {
  const at = above + line
  const nested = inner.flatMap((each) => writesOfCommands(each.text, at + each.line))
  const plain = words.map(unquoted)
  const first = plain[0] ?? ''
  if (SHELL.test(first) && document !== '') nested.push(...writesOfCommands(document, at + 1))
  // Text printed into a shell is run.
  if (SHOWS.test(first) && !after.startsWith('|') && !plain.join(' ').includes('`')) return nested
  const whole = plain.join(' ')
  if (DRY.test(whole)) return nested
  const found =
    COMMANDS.find(([pattern]) => pattern.test(whole))?.[1] ?? (PUSHED_BUILD.test(whole) ? 'docker build --push' : null)
  return found === null ? nested : [...nested, { what: found, line: at }]
}

/** Foreign actions that write to registries or releases. */
const ACTIONS = new RegExp(
  `^(?:${[
    'pypa/gh-action-pypi-publish',
    'softprops/action-gh-release',
    'ncipollo/release-action',
    'actions/create-release',
    'actions/upload-release-asset',
    'svenstaro/upload-release-action',
    'marvinpinto/action-automatic-releases',
    'katyo/publish-crates',
    'release-plz/action',
    'MarcoIeni/release-plz-action',
    'goreleaser/goreleaser-action',
    'googleapis/release-please-action',
    'peaceiris/actions-gh-pages',
    'JamesIves/github-pages-deploy-action',
    'actions/deploy-pages',
    'rust-lang/crates-io-auth-action',
    'actions/attest-build-provenance',
    'actions/attest',
  ]
    .map((each) => each.replace(/[./]/g, '\\$&'))
    .join('|')})$`,
  'i',
)

/** Returns what an action writes elsewhere, judged by its name and inputs; null if nothing is known. */
export function writeOfAction({ action, setting }: Pick<Step, 'action' | 'setting'>): string | null {
  if (ACTIONS.test(action)) return action
  if (/^docker\/(?:build-push-action|bake-action)$/i.test(action)) {
    const pushes = !/^(?:false)?$/.test(setting('push') ?? '')
    const outputs = `${setting('outputs') ?? ''} ${setting('set') ?? ''}`
    return pushes || /type=registry|push=true/.test(outputs) ? `${action} with push` : null
  }
  const verb = setting('command') ?? ''
  const publishes = /^(?:publish|upload)$/.test(verb) && /\/(?:maturin-action|cargo)$/i.test(action)
  return publishes ? `${action} with ${verb}` : null
}

const IMAGE_TOOL = /\b(?:docker|podman|buildah|nerdctl|skopeo|crane|kaniko|ko)\b/
/** Actions of containers that push nothing, and actions that run in a container. */
const NO_PUSH = /^docker:|\/(?:setup-|login-|metadata-)/

/** Whether a step may push an image: by a tool or action for images, as far as the names tell. */
export function mayPushImage({ action, run }: Pick<Step, 'action' | 'run'>): boolean {
  if (action !== '') return /docker|image|container|podman|buildah|kaniko/i.test(action) && !NO_PUSH.test(action)
  return IMAGE_TOOL.test(run) && /\b(?:push|copy|publish)\b|type=registry/.test(run)
}
