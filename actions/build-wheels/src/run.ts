import { resolve } from 'node:path'
import { buildDistributions } from '@slipway/release/build/build-distributions'
import { maturinArguments } from '@slipway/release/build/maturin-arguments'
import type { ChosenPythons } from '@slipway/release/verify/execute-wheels'
import { reportArtifacts } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Builds the distributions. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { out, package: packages, target: targets, interpreter: interpreters, ...options } = inputs
  const { profile, features, strip, testImports, testExtras: extras, testRequires: requires } = options
  const compilation = { profile, features, args: maturinArguments(options.args), ...(strip && { strip }) }
  const execution = {
    pythons: chosenPythons(options.testPython),
    ...(testImports.length > 0 && { imports: testImports }),
    test: { extras, requires, command: options.testCommand },
  }
  const { run, go } = buildDistributions(context.ports, {
    ...jobSetting(context, options),
    tag: options.tag,
    ...{ packages, targets, interpreters, compilation, execution },
    out: resolve(out),
    sdist: options.sdist,
    crates: options.crates,
    compatibility: platformTag(options.manylinux),
    zig: options.zig,
    beforeBuild: options.beforeBuild,
    sourceDateEpoch: options.sourceDateEpoch,
    requireExecuted: options.requireExecuted,
    upload: options.upload,
  })
  await go()
  context.workflow.output('out', resolve(out))
  reportArtifacts(context, run.artifacts)
}

/** Returns the Pythons that the input `test-python` chooses. */
function chosenPythons(words: readonly string[]): ChosenPythons {
  const [word] = words
  return words.length === 1 && (word === 'all' || word === 'lowest' || word === 'none') ? word : words
}

/** Returns the platform tag that the input `manylinux` means, which may lack its beginning: `2_28`, `2014`. */
function platformTag(text: string): string {
  return /^\d/.test(text) ? `manylinux${text.includes('_') ? '_' : ''}${text}` : text
}
