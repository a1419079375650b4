import { movePointer } from '@slipway/core/pointer'
import { preflight } from '@slipway/core/preflight'
import { publishOnce } from '@slipway/core/publish'
import { outcomeOf } from './outcome.ts'
import type { PipelineStep, Run, Site, StepName } from './run.ts'

/** A step of the half that stays on this machine. */
function local(name: keyof Omit<Site, 'access'>, title: string, needs: readonly StepName[]): PipelineStep {
  return { name, title, needs, undo: 'nothing to undo', act: async (run) => run.site[name]?.(run) }
}

/** A step that makes the destinations of a channel hold the artifacts. */
function send(name: StepName, channel: string, title: string, needs: readonly StepName[]): PipelineStep {
  const act = async (run: Run) => {
    for (const each of await run.destinations()) {
      if (each.channel !== channel || each.isForeign) continue
      await run.step(title.replace('{name}', each.name), () => publishOnce(each, run.effort))
    }
  }
  return { name, title, needs, sends: channel, undo: 'as the channel says', act }
}

/** A step that moves the pointers of a channel: those of the same name at all of its destinations, one after another. */
function move(name: StepName, channel: string, title: string, needs: readonly StepName[]): PipelineStep {
  const act = async (run: Run) => {
    const own = (await run.destinations()).filter((each) => each.channel === channel && !each.isForeign)
    const longest = Math.max(0, ...own.map(({ pointers = [] }) => pointers.length))
    const rounds = Array.from({ length: longest }, (_, at) => own.flatMap(({ pointers = [] }) => pointers[at] ?? []))
    if (longest === 0) return
    await run.step(title, async () => {
      for (const pointer of rounds.flat()) await movePointer(pointer, run.effort)
    })
  }
  return { name, title, needs, moves: channel, undo: 'move it back', act }
}

/**
 * A release, step by step: the one order that rehearsal, actions and reports have. What can be checked comes before what
 * is built, what can be undone before what cannot, and what makes the release visible last.
 */
export const PIPELINE: readonly PipelineStep[] = [
  local('plan', 'plan', []),
  local('gate', 'gate', ['plan']),
  local('build', 'build', ['gate']),
  local('inspect', 'inspect', ['build']),
  local('try', 'try', ['inspect']),
  local('assemble', 'assemble', ['try']),
  {
    name: 'preflight',
    title: 'preflight: ask every destination',
    needs: ['assemble'],
    undo: 'nothing to undo',
    async act(run) {
      const all = await run.destinations()
      run.surveyed = await run.step(this.title, () => preflight(all, run.effort))
    },
  },
  send('images', 'images', 'push the image to {name}, untagged', ['preflight']),
  send('draft', 'github', 'draft release with its assets', ['preflight']),
  send('testpypi', 'testpypi', 'upload to Test PyPI', ['draft']),
  local('install', 'install from Test PyPI', ['testpypi']),
  send('crates', 'crates', 'publish to crates.io', ['install', 'images']),
  send('pypi', 'pypi', 'upload to {name}', ['crates']),
  move('tags', 'images', "move the images' tags", ['pypi']),
  move('public', 'github', 'make the release public', ['tags']),
  local('verify', 'verify', ['public']),
  {
    name: 'report',
    title: 'report: ask every destination what it holds',
    needs: [],
    undo: 'nothing to undo',
    async act(run) {
      run.outcome = await outcomeOf(await run.destinations(), run.effort)
    },
  },
]
