import stable from './data/stable-abi.json' with { type: 'json' }

const SINCE: ReadonlyMap<string, number> = new Map(
  Object.entries(stable.added).flatMap(([minor, names]) => names.split(' ').map((name) => [name, Number(minor)])),
)

/**
 * Returns the minor version of Python 3 since which a function or datum is in the stable ABI (PEP 384; CPython's
 * `Misc/stable_abi.toml`); null if it is not in it.
 */
export function stableSince(symbol: string): number | null {
  return SINCE.get(symbol) ?? null
}

/** The day of the list. */
export const STABLE_ABI_KNOWN_ON = stable.date
