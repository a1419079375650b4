import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Job, Step, Workflow } from '../house/workflows/files.ts'
import type { RanJob } from './jobs.ts'

/** Changes the jobs of a workflow's file, in place. */
export type JobChange = (file: string, jobs: Workflow['jobs']) => void

/** Changes the jobs of Slipway's workflows in copies of it. */
export async function changeJobs(slipway: string, files: readonly string[], change: JobChange): Promise<void> {
  for (const file of files) {
    const path = join(slipway, '.github/workflows', file)
    const workflow = parse(await readFile(path, 'utf8')) as Workflow
    change(file, workflow.jobs)
    await writeFile(path, stringify(workflow, { lineWidth: 0 }))
  }
}

/** The name of the step in place of a job's own. */
const REPEAT = 'Repeat the recorded outputs'

/**
 * "Re-run failed jobs", which act does not have: a job that succeeded becomes one step that writes the outputs recorded
 * of it. Of a matrix of which a part failed, the entries that succeeded do nothing.
 */
export function repeating(earlier: readonly RanJob[]): JobChange {
  return (file, jobs) => {
    for (const [name, job] of Object.entries(jobs)) {
      const ran = earlier.filter(({ id }) => id === `${file} ${name}`)
      const good = ran.filter(({ result }) => result === 'success')
      if (good.length === 0 || !job.steps) continue
      if (good.length === ran.length) jobs[name] = repeated(job, good[0] as RanJob)
      else job.steps = job.steps.map((step) => unlessEntry(step, good))
    }
  }
}

function repeated(job: Job, { outputs: recorded }: RanJob): Job {
  const values = Object.entries(job.outputs ?? {}).map(([name, expression]) => {
    const [, step = '', output = ''] = /^\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}$/.exec(expression) ?? []
    if (step === '') throw new Error(`not the output of a step: ${expression}`)
    // A step that was skipped has none.
    return { name, value: recorded[step]?.[output] ?? '' }
  })
  const lines = values.map(
    ({ name }, at) => `printf '%s<<END\\n%s\\nEND\\n' '${name}' "$VALUE_${at}" >>"$GITHUB_OUTPUT"`,
  )
  const step: Step = {
    id: 'recorded',
    name: REPEAT,
    env: Object.fromEntries(values.map(({ value }, at) => [`VALUE_${at}`, value])),
    run: [':', ...lines].join('\n'),
  }
  const outputs = values.map(({ name }) => [name, `\${{ steps.recorded.outputs.${name} }}`])
  return { ...job, steps: [step], ...(values.length > 0 && { outputs: Object.fromEntries(outputs) }) }
}

function unlessEntry(step: Step, good: readonly RanJob[]): Step {
  const own = step.if?.replace(/^\s*\$\{\{|\}\}\s*$/g, '').trim() ?? 'success()'
  const isGood = `contains(fromJSON('${JSON.stringify(good.map(({ entry }) => entry))}'), matrix.name)`
  return { ...step, if: `\${{ !${isGood} && (${own}) }}` }
}

/** Has one platform fail before it builds. */
export function failing(platform: string): JobChange {
  return (file, jobs) => {
    if (file !== 'build.yml') return
    const step: Step = { name: 'Break', if: `\${{ matrix.name == '${platform}' }}`, run: 'exit 1' }
    jobs.wheels?.steps?.splice(1, 0, step)
  }
}
