import { planProject } from '@slipway/plan/plan'
import { plant, type Tree, workspace } from '../../../trees.ts'

/** The workflow under test. */
export const FILE = '.github/workflows/release.yml'

/** A step that uploads the path that follows. */
export const UPLOAD = '- uses: actions/upload-artifact@v4\n    with:\n      name: wheels\n      path: '

/** Returns the lines of a job that builds wheels for Linux by a command, and publishes the files in `dist`. */
export const wheels = (run: string, runner = 'ubuntu-latest') =>
  `runs-on: ${runner}\nsteps:\n  - run: ${run}\n  - run: twine upload dist/*`

/** Returns a GitHub expression. */
export const expression = (text: string) => `\${{ ${text} }}`

/** Returns the problems of a workflow whose only job has these lines, from line 4 on: `severity code file:line`. */
export async function reported(lines: string, changes: Tree = {}): Promise<string[]> {
  const job = lines.replace(/^/gm, '    ')
  const tree = workspace({ [FILE]: `on: push\njobs:\n  wheels:\n${job}\n`, ...changes })
  const { problems } = await planProject(await plant(tree))
  return problems.map(
    ({ severity, code, where }) => `${severity} ${code} ${where?.file.replace(FILE, '')}:${where?.line}`,
  )
}
