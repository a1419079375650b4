import type { Ports } from '@slipway/core/ports'
import { error, ProblemError } from '@slipway/core/problem'
import { parseSpecifier } from '@slipway/core/python/specifier'
import { requirementsOfBackend } from '@slipway/project/python/package'
import { cacheDir } from '@slipway/toolchain/cache'
import { installMaturin, type Maturin, type MaturinOptions, requiredMaturin } from '@slipway/toolchain/maturin'

/** The variable by which setup-toolchains tells later steps the specifier of its input `maturin`. */
export const MATURIN_VARIABLE = 'SLIPWAY_MATURIN'

/**
 * Returns the options for the maturin that setup-toolchains was asked for in this job, else that a package's pyproject.toml
 * requires.
 * @param folder of the pyproject.toml, absolute
 * @param zig whether to link with zig, which only works on Linux
 * @throws ProblemError `input-invalid`
 */
export async function maturinOptions(
  { env }: Pick<Ports, 'env'>,
  folder: string,
  zig: boolean,
): Promise<MaturinOptions> {
  const asked = env[MATURIN_VARIABLE]
  const specifier = asked ? maturinSpecifier(asked) : (requiredMaturin(await requirementsOfBackend(folder)) ?? '')
  return { specifier, cacheDir: cacheDir(env), zig: zig && process.platform === 'linux' }
}

/**
 * Installs the maturin of `maturinOptions`.
 * @param folder of the pyproject.toml, absolute
 * @throws ProblemError
 */
export async function maturinFor(ports: Ports, folder: string, zig: boolean): Promise<Maturin> {
  return installMaturin(ports, await maturinOptions(ports, folder, zig))
}

/**
 * Returns the specifier that the input `maturin` means: `==1.9.4` for a version, otherwise the input.
 * @throws ProblemError `input-invalid`
 */
export function maturinSpecifier(input: string): string {
  const specifier = /^\d/.test(input) ? `==${input}` : input.replace(/\s+/g, '')
  if ((parseSpecifier(specifier)?.length ?? 0) > 0) return specifier
  const message = `${JSON.stringify(input)} is not allowed for the input \`maturin\`.`
  throw new ProblemError(
    error('input-invalid', message, 'Pass a version such as `1.9.4`, or a specifier such as `>=1.9,<2`.'),
  )
}
