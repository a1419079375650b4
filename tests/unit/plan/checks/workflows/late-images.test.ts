import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { type WorkflowParts, workflowText } from '@slipway/release/init/workflow-text'
import { plant, workspace } from '../../../trees.ts'

const PARTS = { crates: true, packages: true, image: true, dockerHub: false, tags: 'v*', path: '.', owner: 'own' }
const text = (late: boolean, login: 'token' | 'identity' = 'identity') =>
  workflowText(login, { ...PARTS, late } satisfies WorkflowParts)
const IMAGE = '[[images]]\nname = "ghcr.io/o/n"\n'

/** The steps of a job that pushes by hand, after the jobs of the template. */
const byHand = (inputs: string) =>
  `${text(false)}  late:\n    needs: publish\n    runs-on: ubuntu-latest\n    steps:\n      - uses: own/slipway/actions/push-image@v1\n        with: { ${inputs} }\n`

test.each([
  ['of a project with another image', text(false), true],
  ['that pushes only before PyPI has the release', byHand('push: false'), true],
  ['of a project with such an image', text(true), false],
  ['that calls release.yml', text(true, 'token'), false],
  ['that pushes what another job has built', byHand('digest: "x"'), false],
  ['that builds and pushes afterwards', byHand('tags: latest'), false],
])('a workflow %s', async (_, workflow, isReported) => {
  const problems = async (settings: string) => {
    const Dockerfile = 'FROM a:1\nRUN pip install demo\n'
    const tree = { Dockerfile, 'slipway.toml': settings, '.github/workflows/release.yml': workflow }
    const { problems } = await planProject(await plant(workspace(tree)))
    return problems.filter((each) => each.code === 'image-after-pypi')
  }
  const left = { severity: 'warning', where: { file: '.github/workflows/release.yml', line: 6 } }
  expect(await problems(`${IMAGE}after = "pypi"\n`)).toMatchObject(isReported ? [left] : [])
  expect(await problems(IMAGE)).toEqual([])
})
