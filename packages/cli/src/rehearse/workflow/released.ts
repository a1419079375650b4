import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MANIFEST_FILE, readManifest } from '@slipway/artifacts/manifest'
import type { Plan } from '@slipway/core/plan'
import type { Ports } from '@slipway/core/ports'
import { SANDBOX_VARIABLE, type SandboxDescription } from '@slipway/core/sandbox'
import { assetName } from '@slipway/registries/github/asset-name'
import { GitHubClient } from '@slipway/registries/github/client'
import { CHANNELS } from '@slipway/registries/remotes'
import { fetchImage } from '@slipway/release/image/fetch'
import { loginOf } from '@slipway/release/job/start'
import type { Outcome } from '@slipway/release/pipeline/outcome'
import { reportRelease } from '@slipway/release/pipeline/survey-release'

/** A release in a sandbox to inspect. */
export interface ReleasedIn {
  plan: Plan
  /** Folder of the released sources. */
  dir: string
  description: SandboxDescription
  /** File of the description. */
  file: string
  repository: string
  /** Folder for the release's files; emptied first. */
  folder: string
}

/**
 * Returns the state of a release at each destination in the sandbox; at Test PyPI only if it has some of it. The files on
 * the release page, with the manifest among them, are its parts; crates missing there are packaged again.
 * @throws ProblemError
 */
export async function outcomeIn(ports: Ports, at: ReleasedIn): Promise<Outcome> {
  const { plan, dir, description, folder, repository } = at
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const env = {
    ...ports.env,
    [SANDBOX_VARIABLE]: at.file,
    GITHUB_API_URL: description.github.api,
    GITHUB_REPOSITORY: repository,
    GITHUB_TOKEN: description.github.token,
    RUNNER_TEMP: folder,
  }
  const inSandbox = { ...ports, env }
  const mask = () => {}
  await fetchFiles(inSandbox, at, mask)
  const options = { dir, manifest: join(folder, MANIFEST_FILE), tag: plan.tag, mask, trial: 'required' as const }
  const { run, go } = reportRelease(inSandbox, options)
  await go()
  const { destinations, receipts } = run.outcome ?? { destinations: [], receipts: [] }
  return { destinations: destinations.filter((each) => !isUnusedTrial(each)), receipts }
}

/** Returns whether a destination is a trial index that the workflow left out, as it may. */
function isUnusedTrial({ channel, standing }: Outcome['destinations'][number]): boolean {
  return standing === 'not out' && CHANNELS.some((each) => each.name === channel && each.isTrial)
}

/** Downloads the files of the release page, and the images named in its manifest. */
async function fetchFiles(ports: Ports, { plan, description, folder, repository }: ReleasedIn, mask: () => void) {
  const { api, token } = description.github
  const client = new GitHubClient(ports, { api, repository, token })
  const all = (await client.releases()).filter((each) => each.tag_name === plan.tag)
  const release = all.find((each) => !each.draft) ?? all[0]
  if (!release) return
  const assets = await client.assets(release.id)
  for (const each of assets) await writeFile(join(folder, basename(each.name)), await client.download(each.id))
  const file = join(folder, MANIFEST_FILE)
  if ((await readFile(file).catch(() => null)) === null) return
  const manifest = await readManifest(folder, { compare: false })
  for (const each of manifest?.artifacts ?? []) {
    if (each.kind === 'image') {
      await fetchImage(ports, plan, each, loginOf(ports, { mask }))
      continue
    }
    const asset = assets.find(({ name }) => name === assetName(each.filename))
    if (asset) await writeFile(each.path, await client.download(asset.id))
  }
}
