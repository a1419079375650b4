import type { Ports } from '@slipway/core/ports'
import { commitTime } from '@slipway/toolchain/git'

/** 1980-01-01, the earliest time that a zip can tell; for sources outside a repository. */
const EARLIEST_ZIP = 315532800

/**
 * The time that what is built carries: SOURCE_DATE_EPOCH where that is set (reproducible-builds.org's specification),
 * else the commit's.
 * @returns seconds since the epoch
 */
export async function sourceDateEpoch(ports: Ports, dir: string): Promise<number> {
  return Number(ports.env.SOURCE_DATE_EPOCH ?? (await commitTime(ports, dir)) ?? EARLIEST_ZIP)
}
