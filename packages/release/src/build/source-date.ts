import type { Ports } from '@slipway/core/ports'
import { commitTime } from '@slipway/toolchain/git'

/** 1980-01-01, the earliest time that a zip can store; for sources outside a repository. */
const EARLIEST_ZIP = 315532800

/**
 * Returns the timestamp of built files: SOURCE_DATE_EPOCH if set (reproducible-builds.org's specification), else the
 * commit's.
 * @returns seconds since the epoch
 */
export async function sourceDateEpoch(ports: Ports, dir: string): Promise<number> {
  return Number(ports.env.SOURCE_DATE_EPOCH ?? (await commitTime(ports, dir)) ?? EARLIEST_ZIP)
}
