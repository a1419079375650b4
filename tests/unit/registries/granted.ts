import { MintedToken } from '@slipway/registries/trusted/minted'

/** Returns a token that was granted to the workflow release.yml of `o/demo`, in an environment. */
export async function granted(environment: string | null): Promise<MintedToken> {
  const publisher = { owner: 'o', repository: 'demo', workflow: 'release.yml', environment }
  const exchange = { usable: 1, mint: async () => ({ token: 'x', publisher }) }
  const token = new MintedToken(exchange, { now: () => 0, sleep: async () => {} }, () => {})
  await token.value()
  return token
}
