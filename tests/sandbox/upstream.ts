import { readFileSync } from 'node:fs'

/** Returns the index under the tests' cargo registries, from the endpoints' data file. */
export function cargoUpstream(): string {
  const file = new URL('../../packages/registries/src/endpoints.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { crates: { index: string } }).crates.index
}
