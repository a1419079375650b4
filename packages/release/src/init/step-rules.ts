/** What becomes of an old step: an action of Slipway, a setting, `nothing` if Slipway needs no step for it, or `yours`. */
export type Becomes =
  | 'plan'
  | 'gate'
  | 'build-wheels'
  | 'attest'
  | 'publish-crate'
  | 'publish-pypi'
  | 'push-image'
  | 'create-release'
  | 'slipway bump'
  | 'nothing'
  | 'yours'

/** A kind of command or action, and what Slipway does in its place. */
export interface StepRule {
  pattern: RegExp
  becomes: Becomes
  /** How Slipway does it, or where the step can go. */
  how: string
  /** Whether the gate can run such a command as it is, without further packages. */
  isGate?: true
}

const CRATES = 'Publishes the crates in the order of their dependencies, and waits until each is available.'
const INDEX = 'Uploads wheels and sdists, to Test PyPI first if it is set up.'
const IMAGE = 'Builds the image once, tests it, and pushes it to each registry under one digest.'
const RELEASE = 'Drafts the release first; its notes are the section of the changelog.'
const WHEELS = 'One job for each platform builds, inspects, installs and imports the wheels.'
const TOOLS = "Slipway's jobs install Rust, Python and maturin."
const HANDED = "Slipway's jobs hand the files over and verify them by their digest."
const SIGNED = 'build.yml attests every file and image.'
const CHECKOUT = "Slipway's jobs check out the tag."
const LOGINS = 'Slipway logs in where it publishes.'
const VERSIONS = 'It sets the version in every file; then push the tag.'
export const SEPARATE = 'Not part of a release: keep it in a separate workflow.'

/** Commands that write to remotes, by the names that `writesOfCommands` gives them. */
export const WRITE_RULES: readonly StepRule[] = [
  { pattern: /^cargo (?:publish|release|ws publish|workspaces publish)$/, becomes: 'publish-crate', how: CRATES },
  { pattern: /^(?:cargo|docker) login$/, becomes: 'nothing', how: LOGINS },
  {
    pattern: /^(?:twine upload|maturin (?:publish|upload)|(?:uv|poetry|hatch|flit|pdm|rye) publish)$/,
    becomes: 'publish-pypi',
    how: INDEX,
  },
  { pattern: /^gh release$/, becomes: 'create-release', how: RELEASE },
  { pattern: /^(?:docker|podman|buildah|nerdctl|skopeo|crane)\b/, becomes: 'push-image', how: IMAGE },
  { pattern: /^semantic-release$/, becomes: 'slipway bump', how: VERSIONS },
]

/** Other commands. */
export const COMMAND_RULES: readonly StepRule[] = [
  {
    pattern: /^cargo (?:\+\S+ )?(?:test|nextest|clippy|fmt|doc|check|bench)\b/,
    becomes: 'gate',
    how: 'A command of `gate` in slipway.toml.',
    isGate: true,
  },
  {
    pattern: /^cargo (?:\+\S+ )?(?:build|package|publish)\b/,
    becomes: 'gate',
    how: 'The gate packages each crate and builds it from its package.',
  },
  {
    pattern:
      /^cargo (?:\+\S+ )?(?:set-version|workspaces version|ws version)\b|^(?:bump2version|bump-my-version|bumpver|tbump)\b/,
    becomes: 'slipway bump',
    how: VERSIONS,
  },
  { pattern: /^gh release\b/, becomes: 'plan', how: 'The plan reads the existing releases.' },
  {
    pattern:
      /\bmaturin (?:build|develop|sdist)\b|\bcibuildwheel\b|\bpython3? -m build\b|\b(?:uv|poetry|hatch|flit|pdm|rye) build\b|\bpip3? wheel\b|\bsetup\.py (?:sdist|bdist_wheel)\b/,
    becomes: 'build-wheels',
    how: WHEELS,
  },
  {
    pattern: /\btwine check\b|^(?:check-wheel-contents|auditwheel|delocate-wheel|abi3audit|wheel)\b|\bunzip -l\b/,
    becomes: 'build-wheels',
    how: WHEELS,
  },
  { pattern: /^(?:docker|podman|buildah|nerdctl)\b.*\b(?:build|bud|tag)\b/, becomes: 'push-image', how: IMAGE },
  { pattern: /^(?:sha256sum|shasum)\b/, becomes: 'create-release', how: 'It uploads SHA256SUMS with the files.' },
  { pattern: /^(?:cosign|gpg|sigstore)\b/, becomes: 'attest', how: SIGNED },
  {
    pattern: /^(?:apt(?:-get)?|yum|dnf|apk|brew|choco|vcpkg)\b/,
    becomes: 'yours',
    how: 'build.yml installs no system packages: bundle the library, or build in one job (docs/workflows.md).',
  },
  {
    pattern:
      /^(?:rustup|cargo install|cargo binstall)\b|\bpip3? install\b|^(?:pipx|uv (?:venv|sync|tool|python))\b|\bpython3? -m venv\b/,
    becomes: 'nothing',
    how: TOOLS,
  },
  {
    pattern:
      /^(?:pytest|tox|nox|ruff|mypy|black|isort|flake8|pylint|pyright|pre-commit|just|make|cargo)\b|\bpython3? -m (?:pytest|unittest|mypy|black|ruff|isort|tox|nox)\b|^uvx? run\b/,
    becomes: 'yours',
    how: 'Call it from a script in `gate` (slipway.toml) that installs what it needs.',
  },
  {
    pattern: /changelog|git-cliff|GITHUB_REF|github\.ref|^git (?:describe|tag|log|rev-parse)\b/i,
    becomes: 'plan',
    how: 'The plan takes the version from the tag, and the notes from the changelog.',
  },
  {
    pattern: /^git (?:push|commit|add)\b/,
    becomes: 'slipway bump',
    how: 'It sets the version; you commit and push the tag.',
  },
  { pattern: /^git\b/, becomes: 'nothing', how: CHECKOUT },
]

/** Commands that only arrange others. */
export const TRIVIAL =
  /^(?:echo|printf|cd|pushd|popd|ls|dir|mkdir|cp|mv|rm|set|export|cat|true|:|test|\[|\[\[|exit|if|then|else|fi|for|while|do|done|sleep|find|tree|source|\.|which|pwd|tee|grep|sed|cut|awk|head|tail|sort|tr|wc|jq|xargs)$|^[A-Za-z_]\w*=/

/** Actions. */
export const ACTION_RULES: readonly StepRule[] = [
  { pattern: /^actions\/checkout$/, becomes: 'nothing', how: CHECKOUT },
  { pattern: /^actions\/(?:upload|download)-artifact(?:\/merge)?$/, becomes: 'nothing', how: HANDED },
  {
    pattern: /^docker\/setup-[\w-]+$/,
    becomes: 'nothing',
    how: 'push-image uses the container engine of the runner.',
  },
  {
    pattern: /^docker\/login-action$|^redhat-actions\/podman-login$/,
    becomes: 'nothing',
    how: LOGINS,
  },
  {
    pattern:
      /^actions\/(?:setup-python|setup-node|cache(?:\/\w+)?)$|(?:^|\/)(?:[\w-]*rust-toolchain|toolchain|rust-cache|sccache-action|setup-uv|setup-zig|install-action|setup-micromamba|setup-miniconda)$/i,
    becomes: 'nothing',
    how: TOOLS,
  },
  {
    pattern:
      /^docker\/(?:build-push-action|bake-action|metadata-action)$|^redhat-actions\/(?:buildah-build|push-to-registry)$/,
    becomes: 'push-image',
    how: IMAGE,
  },
  { pattern: /^(?:pypa\/gh-action-pypi-publish)$/, becomes: 'publish-pypi', how: INDEX },
  { pattern: /^(?:rust-lang\/crates-io-auth-action|katyo\/publish-crates)$/i, becomes: 'publish-crate', how: CRATES },
  {
    pattern: /\/maturin-action$|^pypa\/cibuildwheel$|^hynek\/build-and-inspect-python-package$/i,
    becomes: 'build-wheels',
    how: WHEELS,
  },
  {
    pattern:
      /^(?:softprops\/action-gh-release|ncipollo\/release-action|actions\/create-release|actions\/upload-release-asset|svenstaro\/upload-release-action|marvinpinto\/action-automatic-releases)$/i,
    becomes: 'create-release',
    how: RELEASE,
  },
  { pattern: /^actions\/attest(?:-build-provenance|-sbom)?$|^sigstore\//, becomes: 'attest', how: SIGNED },
  {
    pattern: /(?:^|\/)(?:changelog-reader-action|extract-release-notes|git-cliff-action)$/i,
    becomes: 'plan',
    how: 'The notes are the section of the changelog.',
  },
  {
    pattern: /^(?:release-plz|MarcoIeni)\/|^googleapis\/release-please-action$/i,
    becomes: 'slipway bump',
    how: VERSIONS,
  },
  {
    pattern:
      /^(?:peaceiris\/actions-gh-pages|JamesIves\/github-pages-deploy-action|actions\/(?:deploy-pages|upload-pages-artifact|configure-pages))$/i,
    becomes: 'yours',
    how: SEPARATE,
  },
]
