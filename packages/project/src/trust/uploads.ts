import type { Step } from '../checks/workflows/steps.ts'

/** The registries that may trust a job. */
export type Registry = 'crates' | 'pypi' | 'testpypi'

/** How a step uploads, where it is one that does. */
interface Upload {
  registry: Registry
  login: 'token' | 'identity'
}

/** Variables that Slipway's steps take a token from. */
const VARIABLES: Record<Registry, readonly string[]> = {
  crates: ['CARGO_REGISTRY_TOKEN'],
  pypi: ['PYPI_TOKEN', 'PYPI_API_TOKEN', 'MATURIN_PYPI_TOKEN', 'UV_PUBLISH_TOKEN', 'TWINE_PASSWORD'],
  testpypi: ['TEST_PYPI_TOKEN', 'TEST_PYPI_API_TOKEN', 'TESTPYPI_TOKEN'],
}

/**
 * What a step uploads to, and how it logs in: steps of Slipway, and the actions of PyPI and crates.io for trusted
 * publishing. Null for any other step, and for another registry than those three.
 * @param variables names of what it finds in its environment
 */
export function uploadOf(step: Step, variables: ReadonlySet<string>): Upload | null {
  const given = (...names: string[]) => names.some((each) => (step.setting(each) ?? '') !== '')
  if (/^[\w.-]+\/slipway\/actions\/publish-(?:crate|pypi)$/.test(step.action)) {
    const registry = registryOfSlipway(step)
    if (registry === null) return null
    const hasToken = registry === 'crates' ? given('crates-token', 'token') : given('pypi-token', 'password')
    const mode = step.setting('trusted-publishing') ?? 'auto'
    const isFound = hasToken || VARIABLES[registry].some((each) => variables.has(each))
    return { registry, login: mode === 'never' || (mode === 'auto' && isFound) ? 'token' : 'identity' }
  }
  if (step.action === 'rust-lang/crates-io-auth-action') return { registry: 'crates', login: 'identity' }
  if (step.action !== 'pypa/gh-action-pypi-publish') return null
  const url = step.setting('repository-url') ?? step.setting('repository_url') ?? ''
  if (url !== '' && !/\bpypi\.org\b/.test(url)) return null
  return { registry: /test\./.test(url) ? 'testpypi' : 'pypi', login: given('password') ? 'token' : 'identity' }
}

/** The registry of a publishing step of Slipway; null for another one than those three. */
function registryOfSlipway(step: Step): Registry | null {
  const is = (name: string) => (step.setting(name) ?? '') !== ''
  if (step.action.endsWith('/publish-crate'))
    return is('registry') && step.setting('registry') !== 'crates-io' ? null : 'crates'
  if (is('repository-url')) return null
  return step.setting('repository') === 'testpypi' ? 'testpypi' : 'pypi'
}

/** What a call of one of Slipway's workflows publishes to, and the secret that it takes for that. */
export function slipwayWorkflow(uses: string): { registry: Registry; secret: string }[] {
  if (!/^[\w.-]+\/slipway\/\.github\/workflows\/release\.yml@/.test(uses)) return []
  return [
    { registry: 'crates', secret: 'CARGO_REGISTRY_TOKEN' },
    { registry: 'pypi', secret: 'PYPI_API_TOKEN' },
  ]
}

/** Slipway's actions that run code of the project. */
const RUNS_CODE = /^[\w.-]+\/slipway\/actions\/(?:build-wheels|gate|push-image|verify-install)$/

/** Commands that run code of the project, or that its manifests choose. */
const COMMAND =
  /(?:^|[\s;&|(])(cargo (?:\+\S+ )?(?:b|build|t|test|run|check|clippy|doc|publish|package|bench|nextest)|maturin|pytest|tox|nox|make|just|(?:python3?|py) (?:-m (?:build|pip|pytest)|setup\.py)|pip3? (?:install|wheel)|uv (?:build|run|sync|pip)|poetry|hatch|pdm|npm|cibuildwheel)(?=\s|$)/m

/** What of a step is code of the project; null for nothing that is known. */
export function codeIn(step: Step): string | null {
  if (RUNS_CODE.test(step.action))
    return step.action.split('/').at(-1) === 'push-image' && step.setting('manifest-sha256') ? null : step.action
  if (/\/maturin-action$|^pypa\/cibuildwheel$/.test(step.action) || step.action.startsWith('./')) return step.action
  return COMMAND.exec(step.run)?.[1] ?? null
}
