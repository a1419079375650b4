import { planProject } from '@slipway/project/plan'
import { plant, type Tree, workspace } from './trees.ts'

/** The workflow that is looked at. */
export const FILE = '.github/workflows/release.yml'

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
