import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../../trees.ts'

/** The workflow that is looked at. */
export const FILE = '.github/workflows/release.yml'

/** A step that uploads the path that follows. */
export const UPLOAD = '- uses: actions/upload-artifact@v4\n    with:\n      name: wheels\n      path: '

/** What a job has that builds wheels for Linux by a command, and publishes what is in `dist`. */
export const wheels = (run: string, runner = 'ubuntu-latest') =>
  `runs-on: ${runner}\nsteps:\n  - run: ${run}\n  - run: twine upload dist/*`

/** An expression of GitHub. */
export const expression = (text: string) => `\${{ ${text} }}`

/** What is told of a workflow whose one job has these lines, the first of which is line 4. */
export async function told(lines: string, changes: Tree = {}): Promise<string[]> {
  const job = lines.replace(/^/gm, '    ')
  const tree = workspace({ [FILE]: `on: push\njobs:\n  wheels:\n${job}\n`, ...changes })
  const { problems } = await planProject(await plant(tree))
  return problems.map(
    ({ severity, code, where }) => `${severity} ${code} ${where?.file.replace(FILE, '')}:${where?.line}`,
  )
}
