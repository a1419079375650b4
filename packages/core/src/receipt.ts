/** The result for one artifact and target. */
export type ReceiptStatus = 'published' | 'already there' | 'moved' | 'skipped'

/** The record of one result. A later run trusts the remote, not the receipt. */
export interface Receipt {
  publisher: string
  /** File name of the artifact, or name of the pointer. */
  artifact: string
  target: string
  status: ReceiptStatus
  url: string | null
  /** `sha256:<hex>` from the remote, or as sent. */
  digest: string | null
  /** For `skipped`: the reason. */
  reason?: string
}

/** Returns the receipt for one artifact or pointer, and hands it to `onReceipt` at once. */
export function giveReceipt(
  remote: { publisher: string; target: string },
  {
    artifact,
    status,
    at = {},
    reason,
  }: {
    artifact: string
    status: ReceiptStatus
    /** Where the remote shows it. */
    at?: { url?: string | undefined; digest?: string | undefined }
    reason?: string | undefined
  },
  onReceipt?: (receipt: Receipt) => void,
): Receipt {
  const { publisher, target } = remote
  const place = { url: at.url ?? null, digest: at.digest ?? null }
  const receipt: Receipt = { publisher, artifact, target, status, ...place, ...(reason !== undefined && { reason }) }
  onReceipt?.(receipt)
  return receipt
}
