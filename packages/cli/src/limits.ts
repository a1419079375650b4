/** The length of a progress bar: short enough for the latest output beside it. */
export const BAR_CHARACTERS = 20

/** A build that takes longer hangs, so another one takes its lock. */
export const MAX_BUILD_MS = 3_600_000

/** A lock is touched this often, so that others see that its process lives. */
export const LOCK_BEAT_MS = 5_000

/** A lock that is not touched for longer is stale: its process is gone. */
export const MAX_LOCK_SILENCE_MS = 60_000

/** The longest listed command: it must fit on a line of a terminal. */
export const MAX_COMMAND_CHARACTERS = 72

/** GitHub nests workflows no deeper, and actions are rarely nested as deep. */
export const MAX_WORKFLOW_DEPTH = 10

/** A host that does not answer for longer is not reachable. */
export const CONNECT_TIMEOUT_MS = 30_000

/** The longest detail of a step: it must fit on a line of a terminal. */
export const MAX_DETAIL_CHARACTERS = 60

/** Local services that do not answer for longer did not start. */
export const SERVICES_TIMEOUT_MS = 10_000

/** A cargo index that does not answer for longer is not reachable. */
export const INDEX_TIMEOUT_MS = 10_000

/** The lines with the old version that a bump lists: more is hard to read. */
export const MAX_MENTIONS_SHOWN = 20

/** The release trains that a short plan lists: a workspace may tag each of its crates. */
export const MAX_TRAINS_SHOWN = 5
