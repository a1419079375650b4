import { mkdir } from 'node:fs/promises'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { expectSuccess, type Installed } from './finding.ts'

/** Downloads every asset of a public release, with Python's standard library instead of Slipway's clients. */
const DOWNLOAD = `
import json, os, sys, urllib.request
api, folder = sys.argv[1:]
for asset in json.load(urllib.request.urlopen(api))["assets"]:
    urllib.request.urlretrieve(asset["browser_download_url"], os.path.join(folder, os.path.basename(asset["name"])))
`

/**
 * Downloads the assets of a public release and checks them against their SHA256SUMS with the system's tool.
 * @param python path of a Python that downloads them
 * @param folder for the files; must not exist
 * @throws ProblemError when a file is missing or differs
 */
export async function tryAssets(
  ports: Ports,
  { tag, version }: Pick<Plan, 'tag' | 'version'>,
  { api, repository, python, folder }: { api: string; repository: string; python: string; folder: string },
): Promise<Installed> {
  await mkdir(folder, { recursive: true })
  const address = `${api}/repos/${repository}/releases/tags/${encodeURIComponent(tag)}`
  const hint = 'Check on GitHub that the release is public and has every file.'
  const downloaded = await ports.exec({ argv: [python, '-I', '-c', DOWNLOAD, address, folder], cwd: folder })
  expectSuccess(downloaded, `Downloading the assets of ${tag}`, hint)
  const argv =
    process.platform === 'darwin'
      ? (['shasum', '-a', '256', '-c', 'SHA256SUMS'] as const)
      : (['sha256sum', '-c', 'SHA256SUMS'] as const)
  const checked = await ports.exec({ argv: [...argv] as [string, ...string[]], cwd: folder })
  expectSuccess(checked, `Checking the assets of ${tag} against SHA256SUMS`, hint)
  return { what: 'release assets', where: argv[0], version }
}
