import { resolve } from 'node:path'
import { EMULATORS, type EmulatorName } from '@slipway/core/emulators'
import { error, ProblemError } from '@slipway/core/problem'
import { linuxTag } from '@slipway/core/python/platform'
import { maturinArguments } from '@slipway/project/settings/maturin-arguments'
import { universal2 } from '@slipway/project/settings/targets'
import { buildDistributions } from '@slipway/release/build/build-distributions'
import type { ChosenPythons } from '@slipway/release/verify/chosen-pythons'
import { reportArtifacts } from '@slipway/runtime/artifact-report'
import type { Inputs } from '@slipway/runtime/inputs'
import type { Context } from '@slipway/runtime/main'
import { jobSetting } from '@slipway/runtime/release-inputs'
import type { spec } from './inputs.ts'

/** Builds the distributions. */
export async function run(context: Context, inputs: Inputs<typeof spec>): Promise<void> {
  const { out, package: packages, interpreter: interpreters, ...options } = inputs
  const targets = options.universal2 ? universal2(options.target, process.platform) : options.target
  const { profile, features, strip, testImports, testExtras: extras, testRequires: requires } = options
  const compilation = {
    ...(profile !== undefined && { profile }),
    ...(features.length > 0 && { features }),
    ...(options.args !== undefined && { args: argumentsIn(options.args) }),
    ...(strip && { strip }),
  }
  const execution = {
    pythons: chosenPythons(options.testPython),
    emulators: chosenEmulators(options.testEmulators),
    containers: options.testContainer,
    ...(testImports.length > 0 && { imports: testImports }),
    test: {
      ...(extras.length > 0 && { extras }),
      ...(requires.length > 0 && { requires }),
      ...(options.testCommand !== undefined && { command: options.testCommand }),
    },
  }
  const times = new Map<string, number>()
  const { run, go } = buildDistributions(context.ports, {
    ...jobSetting(context, options),
    tag: options.tag,
    ...{ packages, targets, interpreters, compilation, execution },
    out: resolve(out),
    sdist: options.sdist,
    crates: options.crates,
    compatibility: options.manylinux === undefined ? undefined : linuxTag(options.manylinux),
    zig: options.zig,
    beforeBuild: options.beforeBuild,
    container: options.container,
    repair: options.repair,
    strategy: options.strategy,
    sourceDateEpoch: options.sourceDateEpoch,
    testSdist: options.testSdist,
    requireExecuted: options.requireExecuted,
    upload: options.upload,
    onBuilt: (filename, milliseconds) => times.set(filename, milliseconds),
  })
  await go()
  context.workflow.output('out', resolve(out))
  reportArtifacts(context, run.artifacts, times)
}

/** Returns the Pythons that the input `test-python` chooses. */
function chosenPythons(words: readonly string[]): ChosenPythons {
  const [word] = words
  return words.length === 1 && (word === 'all' || word === 'lowest' || word === 'none') ? word : words
}

/** Returns the emulators that the input `test-emulators` chooses. @throws ProblemError `input-invalid` */
function chosenEmulators(words: readonly string[]): EmulatorName[] {
  if (words.length === 1 && words[0] === 'none') return []
  if (words.length === 1 && words[0] === 'all') return [...EMULATORS]
  return words.map((word) => {
    const found = EMULATORS.find((each) => each === word)
    if (found !== undefined) return found
    const message = `"${word}" is not allowed for the input \`test-emulators\`.`
    throw new ProblemError(error('input-invalid', message, 'Pass `all`, `none`, or some of `qemu` and `wine`.'))
  })
}

/** Splits the input `args`. @throws ProblemError `maturin-arguments-invalid` */
function argumentsIn(text: string): string[] {
  const words = maturinArguments(text)
  if (Array.isArray(words)) return words
  throw new ProblemError(error('maturin-arguments-invalid', `The input \`args\` ${words.why}.`, words.hint))
}
