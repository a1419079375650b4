/** The parts of a project that decide which lines its release workflow has. */
export interface WorkflowParts {
  /** Whether crates go to crates.io. */
  crates: boolean
  /** Whether Python packages go to PyPI. */
  packages: boolean
  image: boolean
  /** Whether the image is built once PyPI has the release; false without an image. */
  late: boolean
  /** Whether the image goes to Docker Hub, which needs a login; ghcr.io accepts the job's own token. */
  dockerHub: boolean
  /** GitHub's filter pattern of the project's tags: `v*`. */
  tags: string
  /** Folder of the project in its repository; `.` for the top. */
  path: string
  /** Owner of the repository `slipway`. */
  owner: string
}

/*
 * The callers' workflows. `npm run docs` writes them into README.md, docs/workflows.md and the example. A line with names
 * before its `|` is for projects with one of these parts, and with `!` for projects without it. `<part:text>` is the same
 * within a line.
 */

const WITH_TOKENS = `
                          |on: { push: { tags: [<tags>] }, workflow_dispatch: { inputs: { tag: { type: string } } } }
                          |permissions: {}
                          |jobs:
                          |  release:
                          |    permissions: { contents: write, packages: write, id-token: write, attestations: write }
                          |    uses: <owner>/slipway/.github/workflows/release.yml@v1
                          |    with: { tag: "\${{ inputs.tag }}"<path><dockerHub:, dockerhub-username: "\${{ vars.DOCKERHUB_USERNAME }}"> }
crates packages dockerHub |    secrets: # of the repository, not of an environment
crates                    |      CARGO_REGISTRY_TOKEN: \${{ secrets.CARGO_REGISTRY_TOKEN }}
packages                  |      PYPI_API_TOKEN: \${{ secrets.PYPI_API_TOKEN }}
packages                  |      TEST_PYPI_API_TOKEN: \${{ secrets.TEST_PYPI_API_TOKEN }}
dockerHub                 |      DOCKERHUB_TOKEN: \${{ secrets.DOCKERHUB_TOKEN }}
`

/** The release that a step gets from the job `build`. */
const RELEASE = `tag: "\${{ needs.build.outputs.tag }}", manifest-sha256: "\${{ needs.build.outputs.manifest-sha256 }}"`

const HUB = `<dockerHub:, dockerhub-username: "\${{ vars.DOCKERHUB_USERNAME }}", dockerhub-token: "\${{ secrets.DOCKERHUB_TOKEN }}">`

const WITH_TRUSTED_PUBLISHING = `
          |on: { push: { tags: [<tags>] }, workflow_dispatch: { inputs: { tag: { type: string } } } }
          |permissions: {}
          |jobs:
          |  build: # runs all code of the project, in jobs that can only read
          |    permissions: { contents: write, packages: write, id-token: write, attestations: write }
          |    uses: <owner>/slipway/.github/workflows/build.yml@v1
          |    with: { tag: "\${{ inputs.tag }}"<path><dockerHub:, dockerhub-username: "\${{ vars.DOCKERHUB_USERNAME }}"> }
dockerHub |    secrets: { DOCKERHUB_TOKEN: "\${{ secrets.DOCKERHUB_TOKEN }}" } # of the repository, not of an environment
          |  stage: # writes what can be undone
          |    needs: build
          |    runs-on: ubuntu-latest
          |    environment: release
          |    permissions: { contents: write, <image:packages: write, >id-token: write }
          |    outputs: { id: "\${{ steps.draft.outputs.release-id }}"<packages:, test: "\${{ steps.preflight.outputs.test-pypi }}"> }
          |    steps:
          |      - uses: <owner>/slipway/actions/preflight@v1
          |        id: preflight
          |        with: { ${RELEASE}, release-id: "\${{ needs.build.outputs.release-id }}"<packages:, test-pypi: required>${HUB} }
early     |      - uses: <owner>/slipway/actions/push-image@v1
early     |        if: needs.build.outputs.has-image == 'true'
early     |        with: { ${RELEASE}, push: digest${HUB} }
          |      - uses: <owner>/slipway/actions/create-release@v1
          |        id: draft
          |        with: { ${RELEASE}, release-id: "\${{ needs.build.outputs.release-id }}", draft: true }
packages  |      - uses: <owner>/slipway/actions/publish-pypi@v1
packages  |        if: steps.preflight.outputs.test-pypi == 'true'
packages  |        with: { ${RELEASE}, repository: testpypi }
packages  |  try: # installs the uploaded packages, without any permission
packages  |    needs: [build, stage]
packages  |    if: needs.stage.outputs.test != 'false'
packages  |    runs-on: ubuntu-latest
packages  |    permissions: {}
packages  |    steps:
packages  |      - uses: <owner>/slipway/actions/verify-install@v1
packages  |        with: { ${RELEASE}, from: testpypi }
          |  publish: # the irreversible uploads<!late:, then the public release>
packages  |    needs: [build, stage, try]
packages  |    if: \${{ !cancelled() && needs.build.result == 'success' && needs.stage.result == 'success' && (needs.try.result == 'success' || needs.stage.outputs.test == 'false') }}
!packages |    needs: [build, stage]
          |    runs-on: ubuntu-latest
          |    environment: release
          |    concurrency: { group: slipway-finish, queue: max, cancel-in-progress: false }
          |    permissions: { contents: write, <image:packages: write, >id-token: write }
          |    steps:
          |      - uses: <owner>/slipway/actions/preflight@v1
          |        with: { ${RELEASE}, release-id: "\${{ needs.stage.outputs.id }}"${HUB} }
crates    |      - uses: <owner>/slipway/actions/publish-crate@v1
crates    |        with: { ${RELEASE} }
packages  |      - uses: <owner>/slipway/actions/publish-pypi@v1
packages  |        with: { ${RELEASE} }
early     |      - uses: <owner>/slipway/actions/push-image@v1
early     |        if: needs.build.outputs.has-image == 'true'
early     |        with: { ${RELEASE}${HUB} }
!late     |      - uses: <owner>/slipway/actions/create-release@v1
!late     |        with: { ${RELEASE}, release-id: "\${{ needs.stage.outputs.id }}" }
          |      - uses: <owner>/slipway/actions/report@v1
          |        if: <!late:always()><late:failure()>
          |        with: { ${RELEASE}${HUB} }
late      |  finish: # builds the image that installs the release, then makes the release public
late      |    needs: [build, stage, publish]
late      |    if: \${{ !cancelled() && needs.publish.result == 'success' }}
late      |    permissions: { contents: write, packages: write }
late      |    uses: <owner>/slipway/.github/workflows/finish.yml@v1
late      |    with: { ${RELEASE}, has-image: "\${{ needs.build.outputs.has-image }}", has-late-image: "\${{ needs.build.outputs.has-late-image }}", release-id: "\${{ needs.stage.outputs.id }}"<path><dockerHub:, dockerhub-username: "\${{ vars.DOCKERHUB_USERNAME }}"> }
late      |    <dockerHub:secrets: { DOCKERHUB_TOKEN: "\${{ secrets.DOCKERHUB_TOKEN }}" }>
`

type Part = 'crates' | 'packages' | 'image' | 'early' | 'late' | 'dockerHub'

/** Returns the text of a caller's workflow. @param login how it logs in to crates.io and PyPI */
export function workflowText(login: 'token' | 'identity', parts: WorkflowParts): string {
  const all: Record<Part, boolean> & WorkflowParts = { ...parts, early: parts.image && !parts.late }
  const has = (part: string) => (part.startsWith('!') ? !all[part.slice(1) as Part] : all[part as Part])
  const values: Record<string, string> = {
    tags: yamlString(parts.tags),
    owner: parts.owner,
    path: parts.path === '.' ? '' : `, path: ${yamlString(parts.path)}`,
  }
  const template = login === 'token' ? WITH_TOKENS : WITH_TRUSTED_PUBLISHING
  const lines = template
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [, before = '', text = ''] = /^([^|]*)\|(.*)$/.exec(line) ?? []
      const needed = before.trim().split(/\s+/).filter(Boolean)
      if (needed.length > 0 && !needed.some(has)) return []
      return [text.replace(/<(!?\w+)(?::([^>]*))?>/g, (_, name, kept) => values[name] ?? (has(name) ? kept : ''))]
    })
  return `${lines.filter((each) => each.trim() !== '').join('\n')}\n`
}

/** Returns a string in YAML's double quotes, whose escapes include those of JSON (YAML 1.2.2, 5.7). */
function yamlString(text: string): string {
  return JSON.stringify(text)
}

/** The workflow of a project with everything, as the documentation shows it. */
const EVERYTHING: WorkflowParts = {
  crates: true,
  packages: true,
  image: true,
  late: false,
  dockerHub: true,
  tags: 'v*',
  path: '.',
  owner: 'OWNER',
}

/** Returns the templates of the documentation, by the name of their place in it. */
export function printedTemplates(): { tokens: string; trusted: string; late: string } {
  const trusted = (late: boolean) => workflowText('identity', { ...EVERYTHING, dockerHub: false, late })
  return {
    tokens: workflowText('token', EVERYTHING),
    trusted: trusted(false),
    // Its last job, the only one that the other template does not have.
    late: /^ {2}finish:[\s\S]*/m.exec(trusted(true))?.[0] ?? '',
  }
}
