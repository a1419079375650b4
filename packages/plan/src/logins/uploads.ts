import { type ShellCommand, shellCommands } from '@slipway/documents/shell-commands'
import { unquoted } from '@slipway/documents/shell-words'
import type { Step } from '../checks/workflows/jobs.ts'

/** The registries that may trust a job. */
export type Registry = 'crates' | 'pypi' | 'testpypi'

/** How a step uploads, where it is one that does. */
export interface Upload {
  registry: Registry
  login: 'token' | 'identity'
  /** Whether Slipway does it. */
  isSlipway: boolean
  /** Whether PyPI's attestations go along: those of other tools are made for the workflow that was started. */
  isAttested: boolean
}

/** Variables that a token is taken from: by Slipway's steps, and by the tools whose names they bear. */
const VARIABLES: Record<Registry, readonly string[]> = {
  crates: ['CARGO_REGISTRY_TOKEN'],
  pypi: ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'MATURIN_PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'],
  testpypi: ['TEST_PYPI_TOKEN', 'TEST_PYPI_API_TOKEN', 'TESTPYPI_TOKEN'],
}
const OF_TOOLS = ['MATURIN_PYPI_TOKEN', 'MATURIN_PASSWORD', 'UV_PUBLISH_TOKEN', 'UV_PUBLISH_PASSWORD', 'TWINE_PASSWORD']

/**
 * What a step uploads to, and how it logs in: Slipway's steps, the actions of PyPI and crates.io for trusted publishing,
 * maturin, uv and twine. Another registry than the three, or one that an expression names, is left out.
 * @param variables names of what it finds in its environment
 */
export function uploadsOf(step: Step, variables: ReadonlySet<string>): Upload[] {
  const slipway = ofSlipway(step, variables)
  if (slipway !== undefined) return slipway === null ? [] : [slipway]
  const other = { isSlipway: false, isAttested: false }
  const isGiven = (...names: string[]) => names.some((each) => (step.setting(each) ?? '') !== '')
  const hasToken = OF_TOOLS.some((each) => variables.has(each))
  const action = step.action.replace(/^docker:\/\/(?:ghcr\.io\/)?/, '').toLowerCase()
  if (action === 'rust-lang/crates-io-auth-action') {
    return isGiven('url') ? [] : [{ ...other, registry: 'crates', login: 'identity' }]
  }
  if (/^pypa\/gh-action-pypi-publish(?::|$)/.test(action)) {
    const registry = indexAt(step.setting('repository-url') ?? step.setting('repository_url') ?? '')
    const login = isGiven('password') ? 'token' : 'identity'
    const isAttested = login === 'identity' && step.setting('attestations') !== 'false'
    return registry === null ? [] : [{ ...other, registry, login, isAttested }]
  }
  if (/\/maturin-action$/.test(action) && /^(?:upload|publish)$/.test(step.setting('command') ?? '')) {
    return [{ ...other, registry: 'pypi', login: hasToken ? 'token' : 'identity' }]
  }
  return shellCommands(step.run).flatMap((each) => {
    const found = ofCommand(each)
    return found ? [{ ...other, ...found, ...(hasToken && { login: 'token' as const }) }] : []
  })
}

/** An upload of Slipway's; null for another registry than those three, undefined for a step of others. */
function ofSlipway(step: Step, variables: ReadonlySet<string>): Upload | null | undefined {
  const [, kind] = /^[\w.-]+\/slipway\/actions\/publish-(crate|pypi)$/.exec(step.action) ?? []
  if (kind === undefined) return undefined
  const setting = (name: string) => step.setting(name) ?? ''
  const registry = kind === 'pypi' ? (setting('repository') === 'testpypi' ? 'testpypi' : 'pypi') : 'crates'
  const isElsewhere = kind === 'pypi' ? setting('repository-url') : setting('registry').replace(/^crates-io$/, '')
  if (isElsewhere !== '') return null
  const inputs = kind === 'pypi' ? ['pypi-token', 'password'] : ['crates-token', 'token']
  const mode = setting('trusted-publishing') || 'auto'
  const hasToken =
    inputs.some((each) => setting(each) !== '') || VARIABLES[registry].some((each) => variables.has(each))
  const login = mode === 'never' || (mode === 'auto' && hasToken) ? 'token' : 'identity'
  return { registry, login, isSlipway: true, isAttested: false }
}

/** PyPI or Test PyPI by an upload address; PyPI for none. */
function indexAt(address: string): 'pypi' | 'testpypi' | null {
  if (address === '') return 'pypi'
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  const [whole, place] = /^(?:(upload|test)\.)?pypi\.org$/.exec(host) ?? []
  return whole === undefined ? null : place === 'test' ? 'testpypi' : 'pypi'
}

/** What a command of uv, twine or maturin uploads to. */
function ofCommand({ words }: ShellCommand): Pick<Upload, 'registry' | 'login'> | null {
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

/** What a call of one of Slipway's workflows publishes to, and the secret that it takes for that. */
export function slipwayWorkflow(uses: string): { registry: Registry; secret: string; input: string }[] {
  if (!/^[\w.-]+\/slipway\/\.github\/workflows\/release\.yml@/.test(uses)) return []
  return [
    { registry: 'crates', secret: 'CARGO_REGISTRY_TOKEN', input: 'crates' },
    { registry: 'pypi', secret: 'PYPI_API_TOKEN', input: 'packages' },
  ]
}
