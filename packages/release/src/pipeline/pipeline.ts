import type { Effort } from '@slipway/core/patience'
import { movePointer } from '@slipway/core/pointer'
import { preflight } from '@slipway/core/preflight'
import { publishOnce } from '@slipway/core/publish'
import { sideBySide } from '@slipway/core/side-by-side'
import type { Destination } from '@slipway/registries/destination'
import { outcomeOf } from './outcome.ts'
import type { PipelineStep, Run, Site, StepName } from './run.ts'
import { together } from './together.ts'

/** Returns a step that stays on this machine. */
function local(name: keyof Omit<Site, 'access'>, title: string, needs: readonly StepName[]): PipelineStep {
  return { name, title, needs, undo: 'nothing to undo', act: async (run) => run.site[name]?.(run) }
}

/** Returns the destinations of some channels that this run publishes to. */
async function ownDestinations(run: Run, channels: readonly string[]): Promise<Destination[]> {
  const all = await run.destinations()
  return all.filter((each) => channels.includes(each.channel) && !each.isForeign && !each.isUnbuilt)
}

/** Returns a step that publishes the artifacts to the destinations of a channel, side by side. */
function send(name: StepName, channel: string, title: string, needs: readonly StepName[]): PipelineStep {
  const act = async (run: Run) => {
    const own = await ownDestinations(run, [channel])
    if (own.length === 0) return
    const names = own.map((each) => each.name).join(', ')
    const work = own.map((each) => (effort: Effort) => {
      const before = run.surveyed.find(({ shipment }) => shipment.publisher === each.publisher)
      return publishOnce(each, effort, before)
    })
    await run.step(title.replace('{name}', names), () => together(work, run.effort))
  }
  return { name, title, needs, sends: channel, undo: 'as the channel says', act }
}

/** Returns a step that moves the pointers of channels: each at all of its destinations, side by side, before the next. */
function move(name: StepName, channels: readonly string[], title: string, needs: readonly StepName[]): PipelineStep {
  const act = async (run: Run) => {
    const own = await ownDestinations(run, channels)
    const longest = Math.max(0, ...own.map(({ pointers = [] }) => pointers.length))
    const rounds = Array.from({ length: longest }, (_, at) => own.flatMap(({ pointers = [] }) => pointers[at] ?? []))
    if (longest === 0) return
    await run.step(title, async () => {
      for (const round of rounds) {
        const work = round.map((each) => (effort: Effort) => movePointer(each, effort))
        await together(work, run.effort)
      }
    })
  }
  return { name, title, needs, moves: channels, undo: 'move it back', act }
}

/**
 * The steps of a release, in the order of rehearsals, actions and reports. Checks come before builds, reversible steps
 * before irreversible ones, and steps that make the release visible last.
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
    title: 'preflight: query every destination',
    needs: ['assemble'],
    undo: 'nothing to undo',
    async act(run) {
      const all = await run.destinations()
      const own = all.filter((each) => !each.isForeign && run.sending.includes(each.channel))
      const shipments = all.map((each) => ({ ...each, isFirst: own.length === 1 && each === own[0] }))
      await run.step(this.title, () =>
        // The local check goes on while the remotes answer.
        sideBySide<void>([
          async () => {
            run.surveyed = await preflight(shipments, run.effort)
          },
          () => run.checking,
        ]),
      )
    },
  },
  send('images', 'images', 'push the image to {name} without tags', ['preflight']),
  send('draft', 'github', 'upload the assets to a draft release', ['preflight']),
  send('testpypi', 'testpypi', 'upload to Test PyPI', ['draft']),
  local('install', 'install from Test PyPI', ['testpypi']),
  send('crates', 'crates', 'publish to crates.io', ['install', 'images']),
  send('pypi', 'pypi', 'upload to {name}', ['crates']),
  local('late', 'build the image that installs the release', ['pypi']),
  send('late-images', 'late-images', 'push the image that installs the release to {name}', ['late']),
  move('tags', ['images', 'late-images'], 'move the image tags', ['late-images']),
  move('public', ['github'], 'make the release public', ['tags']),
  local('verify', 'verify', ['public']),
  {
    name: 'report',
    title: 'report: query every destination',
    needs: [],
    undo: 'nothing to undo',
    async act(run) {
      run.outcome = await outcomeOf(await run.destinations(), run.effort)
    },
  },
]
