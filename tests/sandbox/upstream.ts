import { readFileSync } from 'node:fs'

/** The index that cargo registries in tests lie over: the one of the endpoints' data file. */
export function cargoUpstream(): string {
  const file = new URL('../../packages/registries/src/endpoints.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { crates: { index: string } }).crates.index
}
