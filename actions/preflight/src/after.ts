import { revokeCratesToken } from '@slipway/release/job/trusted-login'
import type { Context } from '@slipway/runtime/main'
import { tokenLeft } from '@slipway/runtime/release-inputs'

/** Revokes the token that crates.io granted to the step, if the step did not. */
export async function after(context: Context): Promise<void> {
  await revokeCratesToken(context.ports, tokenLeft(context, 'crates'))
}
