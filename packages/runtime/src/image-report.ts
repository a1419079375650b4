import type { Context } from './main.ts'
import { code, escapeCell, table } from './markdown.ts'
import { shortDigest } from './receipts.ts'

/** An image in a step's report. */
export interface ReportedImage {
  /** `sha256:<hex>` */
  digest: string
  /** Bytes. */
  size: number
  /** Its names with the digest. */
  references: readonly string[]
  /** Whether a registry had it from this commit, so that nothing was built. */
  isPublished: boolean
}

/** Reports an image: the outputs `digest` and `images` and, without a push, the built image or why there is none. */
export function reportImage(
  { report, workflow, ports }: Pick<Context, 'report' | 'workflow' | 'ports'>,
  image: ReportedImage | null,
  { isPushed, skipped }: { isPushed: boolean; skipped: string },
): void {
  workflow.output('digest', image?.digest ?? '')
  workflow.output('images', image?.references.join('\n') ?? '')
  if (image === null) {
    ports.log.info(`Skipped: ${skipped}`)
    report.section('Image: skipped', escapeCell(skipped))
  } else if (!isPushed) {
    const size = `${(image.size / 2 ** 20).toFixed(1)} MiB`
    const rows = image.references.map((each) => [
      code(each.split('@')[0] ?? each),
      code(shortDigest(image.digest)),
      size,
    ])
    report.section(
      image.isPublished ? 'In a registry already, not built' : 'Built and tested, not pushed',
      table(['Image', 'Digest', 'Size'], rows),
    )
  }
}
