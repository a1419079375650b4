import type { ImageLayout } from '@slipway/artifacts/oci/image-layout'
import { type ImageConfig, imageConfigs, readLayout } from '@slipway/artifacts/oci/layout'
import { error, ProblemError } from '@slipway/core/problem'

/** Go's names of architectures, which images use, where Node's differ (OCI image specification, "Platform Variants"). */
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' }

/**
 * Returns the image of a layout that this machine runs: the only one, or the one for its architecture.
 * @param arch this machine's; tests pass others
 * @throws ProblemError `image-of-other-platforms`, `image-unreadable`
 */
export async function machineImage(
  folder: string,
  arch: string = process.arch,
): Promise<{ layout: ImageLayout; config: ImageConfig }> {
  const layout = await readLayout(folder)
  const configs = await imageConfigs(layout)
  const wanted = ARCHITECTURES[arch] ?? arch
  const config = configs.length === 1 ? configs[0] : configs.find((each) => each.architecture === wanted)
  if (config) return { layout, config }
  const platforms = configs.map((each) => `${each.os}/${each.architecture}`).join(', ')
  throw new ProblemError(
    error(
      'image-of-other-platforms',
      `The image is only for ${platforms || 'no platform'}, so this machine (${wanted}) cannot run it.`,
      `Add linux/${wanted} to the platforms, or run the step on a machine with one of the others.`,
    ),
  )
}
