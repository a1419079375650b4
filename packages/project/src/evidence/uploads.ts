import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Step } from '@slipway/documents/workflows/jobs'

/** Registries that support trusted publishing. */
export type Registry = 'crates' | 'pypi' | 'testpypi'

/** An upload that a step makes. */
export interface Upload {
  registry: Registry
  login: 'token' | 'identity'
  /** Whether a step of Slipway makes it. */
  isSlipway: boolean
  /** Whether it uploads PyPI attestations; other tools' attestations name the workflow that was started. */
  isAttested: boolean
}

/** Variables with a token, read by Slipway's steps and by the tools they are named for. */
const TOKEN_VARIABLES: Record<Registry, readonly string[]> = {
  crates: ['CARGO_REGISTRY_TOKEN'],
  pypi: ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'MATURIN_PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'],
  testpypi: ['TEST_PYPI_TOKEN', 'TEST_PYPI_API_TOKEN', 'TESTPYPI_TOKEN'],
}
const TOOL_VARIABLES = [
  'MATURIN_PYPI_TOKEN',
  'MATURIN_PASSWORD',
  'UV_PUBLISH_TOKEN',
  'UV_PUBLISH_PASSWORD',
  'TWINE_PASSWORD',
]

/**
 * Returns the uploads of a step, with their registry and login: of Slipway's steps, the actions of PyPI and crates.io for
 * trusted publishing, maturin, uv and twine. Leaves out other registries, and those that an expression names.
 * @param variables names of its environment variables
 */
export function uploadsOf(step: Step, variables: ReadonlySet<string>): Upload[] {
  const slipway = slipwayUpload(step, variables)
  if (slipway !== undefined) return slipway === null ? [] : [slipway]
  const unattested = { isSlipway: false, isAttested: false }
  const isSet = (...names: string[]) => names.some((each) => (step.setting(each) ?? '') !== '')
  const hasToken = TOOL_VARIABLES.some((each) => variables.has(each))
  const action = step.action.replace(/^docker:\/\/(?:ghcr\.io\/)?/, '').toLowerCase()
  if (action === 'rust-lang/crates-io-auth-action') {
    return isSet('url') ? [] : [{ ...unattested, registry: 'crates', login: 'identity' }]
  }
  if (/^pypa\/gh-action-pypi-publish(?::|$)/.test(action)) {
    const registry = indexAt(step.setting('repository-url') ?? step.setting('repository_url') ?? '')
    const login = isSet('password') ? 'token' : 'identity'
    const isAttested = login === 'identity' && step.setting('attestations') !== 'false'
    return registry === null ? [] : [{ ...unattested, registry, login, isAttested }]
  }
  if (/\/maturin-action$/.test(action) && /^(?:upload|publish)$/.test(step.setting('command') ?? '')) {
    return [{ ...unattested, registry: 'pypi', login: hasToken ? 'token' : 'identity' }]
  }
  return shellCommands(step.run).flatMap((each) => {
    const found = commandUpload(each)
    return found ? [{ ...unattested, ...found, ...(hasToken && { login: 'token' as const }) }] : []
  })
}

/** Returns the upload of a step of Slipway; null for a registry other than the three, undefined for other steps. */
function slipwayUpload(step: Step, variables: ReadonlySet<string>): Upload | null | undefined {
  const [, kind] = /^[\w.-]+\/slipway\/actions\/publish-(crate|pypi)$/.exec(step.action) ?? []
  if (kind === undefined) return undefined
  const setting = (name: string) => step.setting(name) ?? ''
  const registry = kind === 'pypi' ? (setting('repository') === 'testpypi' ? 'testpypi' : 'pypi') : 'crates'
  const otherRegistry = kind === 'pypi' ? setting('repository-url') : setting('registry').replace(/^crates-io$/, '')
  if (otherRegistry !== '') return null
  const inputs = kind === 'pypi' ? ['pypi-token', 'password'] : ['crates-token', 'token']
  const mode = setting('trusted-publishing') || 'auto'
  const hasToken =
    inputs.some((each) => setting(each) !== '') || TOKEN_VARIABLES[registry].some((each) => variables.has(each))
  const login = mode === 'never' || (mode === 'auto' && hasToken) ? 'token' : 'identity'
  return { registry, login, isSlipway: true, isAttested: false }
}

/** Returns which index an upload address belongs to: PyPI for an empty one, null for another index. */
function indexAt(address: string): 'pypi' | 'testpypi' | null {
  if (address === '') return 'pypi'
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  const [whole, place] = /^(?:(upload|test)\.)?pypi\.org$/.exec(host) ?? []
  return whole === undefined ? null : place === 'test' ? 'testpypi' : 'pypi'
}

/** Returns the registry and login of a command of uv, twine or maturin that uploads; null for other commands. */
function commandUpload({ words }: ShellCommand): Pick<Upload, 'registry' | 'login'> | null {
  const plain = words.map(unquoted)
  const at = plain.findIndex((each) => ['uv', 'twine', 'maturin'].includes(each.split('/').at(-1) ?? ''))
  const [tool = '', verb = ''] = [
    plain[at]?.split('/').at(-1),
    plain.slice(at + 1).find((each) => !each.startsWith('-')),
  ]
  const verbs: Record<string, string[]> = { uv: ['publish'], twine: ['upload'], maturin: ['upload', 'publish'] }
  if (at < 0 || !verbs[tool]?.includes(verb) || plain.includes('--dry-run')) return null
  const option = (...names: string[]) => {
    for (const [index, word] of plain.entries()) {
      const [name = '', value] = word.split(/=(.*)/s)
      if (names.includes(name)) return value ?? plain[index + 1] ?? ''
    }
    return undefined
  }
  const named = option('--index', '--repository', '-r')
  const registry = /^test-?pypi$/i.test(named ?? '')
    ? 'testpypi'
    : indexAt(option('--publish-url', '--repository-url') ?? (named && named !== 'pypi' ? named : ''))
  const isToken =
    option('--token', '-t', '--password', '-p') !== undefined || option('--trusted-publishing') === 'never'
  return registry === null ? null : { registry, login: isToken ? 'token' : 'identity' }
}

/** Returns the registries that a call of a Slipway workflow publishes to, each with its secret and its input. */
export function slipwayWorkflow(uses: string): { registry: Registry; secret: string; input: string }[] {
  if (!/^[\w.-]+\/slipway\/\.github\/workflows\/release\.yml@/.test(uses)) return []
  return [
    { registry: 'crates', secret: 'CARGO_REGISTRY_TOKEN', input: 'crates' },
    { registry: 'pypi', secret: 'PYPI_API_TOKEN', input: 'packages' },
  ]
}
