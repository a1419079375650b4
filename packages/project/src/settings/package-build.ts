import type { PackageBuild, PackageTests } from '@slipway/core/package-build'
import { linuxTag } from '@slipway/core/python/platform'
import type { MaturinSettings } from '../python/package.ts'
import { maturinArguments } from './maturin-arguments.ts'
import type { PackageSettings } from './settings.ts'

/** Returns how the settings of a package build it and test its wheels; without settings for it, nothing. */
export function buildAndTest(settings: PackageSettings): { build?: PackageBuild; test?: PackageTests } {
  const { manylinux, args, testExtras: extras, testRequires: requires, testCommand: command } = settings
  const words = args === undefined ? undefined : maturinArguments(args)
  const build = given<PackageBuild>({
    manylinux: manylinux === undefined ? undefined : linuxTag(manylinux),
    profile: settings.profile,
    features: settings.features,
    // The settings were refused if they have wrong arguments.
    args: Array.isArray(words) ? words : undefined,
    strip: settings.strip,
    beforeBuild: settings.beforeBuild,
    container: settings.container,
    repair: settings.repair,
  })
  const test = given<PackageTests>({ extras, requires, command, emulators: settings.testEmulators })
  return { ...(build && { build }), ...(test && { test }) }
}

/** Returns maturin's settings with the features that a package's settings add, and those arguments that choose features. */
export function withFeatures(maturin: MaturinSettings, { features = [], args = '' }: PackageSettings): MaturinSettings {
  const words = maturinArguments(args)
  const has = (word: string) => Array.isArray(words) && words.includes(word)
  return {
    ...maturin,
    features: maturin.features === null || has('--all-features') ? null : [...maturin.features, ...features],
    withoutDefault: maturin.withoutDefault || has('--no-default-features'),
  }
}

/** Returns an object without its undefined fields; null if it has no other. */
function given<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T | null {
  const found = Object.entries(fields).filter(([, value]) => value !== undefined)
  return found.length === 0 ? null : (Object.fromEntries(found) as T)
}
