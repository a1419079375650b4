import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Artifact } from '@slipway/core/artifact'
import { LONGEST_NOTES } from '@slipway/core/limits'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import type { LoginState, Pointer, Probe, Publisher } from '@slipway/core/publisher'
import {
  type GitHubAsset,
  GitHubClient,
  type GitHubRelease,
  type GitHubRemote,
  type ReleaseText,
  releasesOf,
} from './client.ts'

/** The release to create, and its repository. */
export interface GitHubTarget extends GitHubRemote {
  text: ReleaseText
  /** `true`, `false` or `legacy` (GitHub decides by date and version). */
  makeLatest: 'true' | 'false' | 'legacy'
  /** Id of the release that earlier jobs uploaded to; default: the release of the tag. */
  id?: number | undefined
  /** Whether the token should see drafts: without `contents: write`, GitHub silently omits them. */
  seesDrafts: boolean
  /** Returns whether to replace an asset of a draft that differs. */
  mayReplace(filename: string): boolean
}

/** Uploads files to the draft of a release; the first upload creates the draft. */
export class GitHubPublisher implements Publisher {
  readonly name = 'github'
  readonly target: string
  readonly #client: GitHubClient
  readonly #to: GitHubTarget
  /** The release once found, so that a query is one request and not a walk through all releases. */
  #release: GitHubRelease | null = null

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: GitHubTarget) {
    this.target = `GitHub release ${to.text.tag_name}`
    this.#to = to
    this.#client = new GitHubClient(ports, to)
  }

  async verify(): Promise<Problem[]> {
    const problems: Problem[] = []
    if (!this.#to.token) {
      problems.push(
        error(
          'token-missing',
          `No token for ${this.#to.repository}, so no release can be created there.`,
          'Pass a token with the permission `contents: write` (in a workflow, `github.token`).',
        ),
      )
    }
    if (this.#to.text.body.length > LONGEST_NOTES) {
      problems.push(
        error(
          'notes-too-long',
          `The release notes have ${this.#to.text.body.length} characters; GitHub accepts at most ${LONGEST_NOTES}.`,
          'Shorten the section in the changelog, or link to it.',
        ),
      )
    }
    return problems
  }

  checkLogin(): Promise<LoginState> {
    return this.#client.checkLogin()
  }

  async probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    const release = await this.#find()
    if (release === null) return artifacts.map(() => this.#nothingSeen())
    const assets = await this.#client.assets(release.id)
    return Promise.all(artifacts.map((each) => this.#compare(each, release, assets)))
  }

  async publish(artifact: Artifact): Promise<void> {
    const release = (await this.#find()) ?? (await this.#client.createDraft(this.#to.text))
    this.#release = release
    const name = assetName(artifact.filename)
    const held = (await this.#client.assets(release.id)).filter((each) => each.name === name)
    for (const each of held) {
      if (isBroken(each) || (await this.#isStale(each, artifact))) await this.#client.deleteAsset(each.id)
    }
    await this.#client.upload(release, artifact.filename, await readFile(artifact.path), contentType(artifact.filename))
  }

  /** Returns the pointer that makes the draft public. */
  pointer(): Pointer {
    const { text, makeLatest } = this.#to
    return {
      name: `${text.tag_name} public`,
      publisher: this.name,
      target: this.target,
      read: async () => {
        const release = await this.#findAgain()
        return release === null || release.draft ? { there: false } : { there: true, url: release.html_url }
      },
      // Before the draft exists there is nothing to check.
      mayMove: async () => null,
      move: async () => {
        const release = await this.#find()
        if (release === null) throw new ProblemError(draftMissing(text.tag_name))
        await this.#client.update(release.id, {
          ...text,
          draft: false,
          make_latest: text.prerelease ? 'false' : makeLatest,
        })
      },
    }
  }

  /** Id of the release, once found or created. */
  get releaseId(): number | null {
    return this.#release?.id ?? null
  }

  /** Returns the probe for a missing release. */
  #nothingSeen(): Probe {
    if (this.#to.seesDrafts) return { state: 'absent' }
    return { state: 'not visible', detail: 'no public release; only `contents: write` sees a draft' }
  }

  /** Finds the release of the tag: the public one, else the oldest draft. */
  async #find(): Promise<GitHubRelease | null> {
    if (this.#release) return this.#release
    if (!this.#to.seesDrafts) {
      this.#release = await this.#client.publicRelease(this.#to.text.tag_name)
      return this.#release
    }
    const { id, text } = this.#to
    const all = releasesOf(text.tag_name, await this.#client.releases())
    const found = all.find((each) => id === undefined || each.id === id)
    if (id !== undefined && !found) throw new ProblemError(releaseIdUnknown(id, text.tag_name))
    this.#release = found ?? null
    return this.#release
  }

  /** Finds the release again: a draft may have become public in the meantime. */
  #findAgain(): Promise<GitHubRelease | null> {
    this.#release = null
    return this.#find()
  }

  /** Returns whether to replace an asset by another file: never in a release that is public by now. */
  async #isStale(held: GitHubAsset, { filename, sha256 }: Artifact): Promise<boolean> {
    if (held.digest === `sha256:${sha256}` || !this.#to.mayReplace(filename)) return false
    return (await this.#findAgain())?.draft === true
  }

  async #compare(artifact: Artifact, release: GitHubRelease, assets: readonly GitHubAsset[]): Promise<Probe> {
    const found = assets.find((each) => each.name === assetName(artifact.filename))
    if (!found || isBroken(found)) {
      return release.immutable && !release.draft
        ? { state: 'different', detail: 'the release is public and immutable, so nothing can be added to it' }
        : { state: 'absent' }
    }
    const digest = found.digest ?? `sha256:${sha256(await this.#client.download(found.id))}`
    const { draft } = release
    // A link to a draft breaks when it becomes public.
    const there = { digest, ...(draft ? { draft: true as const } : { url: found.browser_download_url }) }
    if (digest === `sha256:${artifact.sha256}`) return { state: 'same', ...there }
    const detail = `${digest.slice(0, 19)} there, ${artifact.sha256.slice(0, 12)} here`
    return { state: draft && this.#to.mayReplace(artifact.filename) ? 'stale' : 'different', ...there, detail }
  }
}

function releaseIdUnknown(id: number, tag: string): Problem {
  const message = `GitHub has no release ${id} of ${tag}, which an earlier job created.`
  return error(
    'release-id-unknown',
    message,
    'Rerun the whole workflow; it creates the draft again if somebody deleted it.',
  )
}

function draftMissing(tag: string): Problem {
  return error('draft-missing', `${tag} has no draft to make public.`, 'Upload the assets to a draft first.')
}

function isBroken(asset: GitHubAsset): boolean {
  return asset.state !== 'uploaded'
}

/** Returns the name that GitHub gives an asset: some characters become dots. */
export function assetName(filename: string): string {
  return filename.replace(/[ ~:]/g, '.')
}

function contentType(filename: string): string {
  if (/\.(whl|zip)$/.test(filename)) return 'application/zip'
  if (/\.(tar\.gz|tgz|crate)$/.test(filename)) return 'application/gzip'
  return /\.(md|txt)$|^SHA256SUMS$/.test(filename) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
