import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { mustRun } from './command.ts'
import type { Maturin } from './maturin.ts'
import { withoutSecrets } from './secrets.ts'

/**
 * Builds the metadata of a package's wheel, without the wheel (PEP 517, `prepare_metadata_for_build_wheel`).
 * @param dir folder of its pyproject.toml, absolute
 * @param out folder for the metadata, absolute; must not exist
 * @returns the text of METADATA
 * @throws ProblemError `sdist-not-buildable` with the last lines of maturin's output
 */
export async function buildMetadata(
  ports: Ports,
  { dir, out, maturin, name }: { dir: string; out: string; maturin: Maturin; name: string },
): Promise<string> {
  await mustRun(
    ports.exec,
    {
      argv: [maturin.maturin, 'pep517', 'write-dist-info', '--metadata-directory', out],
      cwd: dir,
      env: { ...withoutSecrets(ports.env), ...maturin.env },
    },
    {
      code: 'sdist-not-buildable',
      what: `Nobody can build ${name}: the metadata of its wheel cannot be made from the files in it`,
      hint: 'Include the files that the message names: `include` under `[tool.maturin]`, or move them into the folder of pyproject.toml.',
    },
  )
  const [folder = ''] = await readdir(out)
  return readFile(join(out, folder, 'METADATA'), 'utf8')
}
