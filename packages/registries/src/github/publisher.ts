import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import type { Artifact } from '@slipway/core/artifact'
import { FRESH_ANSWER_MS, MAX_RELEASE_NOTES_CHARACTERS } from '@slipway/core/limits'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem, ProblemError } from '@slipway/core/problem'
import type { LoginState, Pointer, PointerReading, Probe, Publisher } from '@slipway/core/publisher'
import { assetName } from './asset-name.ts'
import {
  type GitHubAsset,
  GitHubClient,
  type GitHubRelease,
  type GitHubRemote,
  type ListedReleases,
  type ReleaseText,
  releasesOf,
} from './client.ts'
import { becomesLatest, type MakeLatest } from './latest.ts'

/** The release to create, and its repository. */
export interface GitHubTarget extends GitHubRemote {
  text: ReleaseText
  /** The releases, if this run has listed them. */
  listed?: ListedReleases | undefined
  /** Whether it becomes the latest release; `auto`: unless a newer version is public. */
  makeLatest: MakeLatest | 'auto'
  /** Id of the release that earlier jobs uploaded to; default: the release of the tag. */
  id?: number | undefined
  /** Whether the token should see drafts: without `contents: write`, GitHub silently omits them. */
  seesDrafts: boolean
  /** Returns whether to replace an asset of a draft that differs. */
  mayReplace(filename: string): boolean
}

/** Uploads files to the draft of a release. */
export class GitHubPublisher implements Publisher {
  readonly name = 'github'
  readonly target: string
  readonly #client: GitHubClient
  readonly #clock: Pick<Ports['clock'], 'now'>
  readonly #to: GitHubTarget
  /** More uploads at a time run into GitHub's secondary rate limits. */
  readonly pace = { firstAlone: false, atATime: 4 }
  /** The release when it was last looked for; null if there was none. */
  #seen: { release: GitHubRelease | null; at: number } | null = null
  /** The releases that this run has listed, until they are used: what happens later is not in them. */
  #listed: ListedReleases | undefined
  /** All releases when they were last listed: the newest version among them stays the latest. */
  #releases: readonly GitHubRelease[] = []
  /** Its assets when they were last listed. */
  #assets: readonly GitHubAsset[] = []

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: GitHubTarget) {
    this.target = `GitHub release ${to.text.tag_name}`
    this.#to = to
    this.#listed = to.listed
    this.#clock = ports.clock
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
    if (this.#to.text.body.length > MAX_RELEASE_NOTES_CHARACTERS) {
      problems.push(
        error(
          'notes-too-long',
          `The release notes have ${this.#to.text.body.length} characters; GitHub accepts at most ${MAX_RELEASE_NOTES_CHARACTERS}.`,
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
    const release = this.#seen?.release ?? (await this.#find())
    if (release === null) return artifacts.map(() => this.#nothingSeen())
    this.#assets = await this.#client.assets(release.id)
    return Promise.all(artifacts.map((each) => this.#compare(each, release, this.#assets)))
  }

  /** Creates the draft, so that it alone shows whether the login is accepted. */
  async prepare(): Promise<void> {
    if ((await this.#findUnlessFresh()) !== null) return
    // After a failure the draft may exist: only asking again tells.
    this.#seen = null
    this.#saw(await this.#client.createDraft(this.#to.text))
  }

  async publish(artifact: Artifact): Promise<Probe> {
    const release = await this.#findUnlessFresh()
    if (release === null) throw new ProblemError(draftMissing(this.#to.text.tag_name))
    const name = assetName(artifact.filename)
    // A probe came before: it listed what an earlier try left behind.
    for (const each of this.#assets.filter((asset) => asset.name === name)) {
      if (isBroken(each) || (await this.#isStale(each, artifact))) await this.#client.deleteAsset(each.id)
    }
    const held = await this.#client.upload(release, name, await openAsBlob(artifact.path), contentType(name))
    if (held.name !== name) throw new ProblemError(storedOtherwise(artifact.filename, name, held.name))
    return this.#compare(artifact, release, [held])
  }

  /** Returns the pointer that makes the draft public. */
  pointer(): Pointer {
    const { text, makeLatest } = this.#to
    return {
      name: `${text.tag_name} public`,
      publisher: this.name,
      target: this.target,
      read: async () => reading(await this.#findUnlessFresh()),
      // Before the draft exists there is nothing to check.
      mayMove: async () => null,
      move: async () => {
        const release = await this.#findUnlessFresh()
        // After a failure the release may be public: only asking again tells.
        this.#seen = null
        if (release === null) throw new ProblemError(draftMissing(text.tag_name))
        const auto = makeLatest === 'auto' || text.prerelease
        const make_latest = auto ? becomesLatest(text, this.#releases) : makeLatest
        const change = { ...text, draft: false, make_latest }
        return reading(this.#saw(await this.#client.update(release.id, change)))
      },
    }
  }

  /** Id of the release, once found or created. */
  get releaseId(): number | null {
    return this.#seen?.release?.id ?? null
  }

  /** Returns the probe for a missing release. */
  #nothingSeen(): Probe {
    if (this.#to.seesDrafts) return { state: 'absent' }
    return { state: 'not visible', detail: 'no public release; only `contents: write` sees a draft' }
  }

  /** Finds the release of the tag: the public one, else the oldest draft. */
  async #find(): Promise<GitHubRelease | null> {
    const { id, text, seesDrafts } = this.#to
    if (!seesDrafts) return this.#saw(await this.#client.publicRelease(text.tag_name))
    this.#releases = await this.#list()
    const all = releasesOf(text.tag_name, this.#releases)
    const found = all.find((each) => id === undefined || each.id === id)
    if (id !== undefined && !found) throw new ProblemError(releaseIdUnknown(id, text.tag_name))
    return this.#saw(found ?? null)
  }

  /** Lists the releases, or takes the list that this run has made a short time ago, once. */
  async #list(): Promise<readonly GitHubRelease[]> {
    const listed = this.#listed
    this.#listed = undefined
    return listed && this.#isFresh(listed.at) ? listed.releases : this.#client.releases()
  }

  #isFresh(at: number): boolean {
    return this.#clock.now() - at < FRESH_ANSWER_MS
  }

  /** Finds the release, unless this process looked for it a short time ago. */
  async #findUnlessFresh(): Promise<GitHubRelease | null> {
    const seen = this.#seen
    return seen && this.#isFresh(seen.at) ? seen.release : this.#find()
  }

  #saw<T extends GitHubRelease | null>(release: T): T {
    this.#seen = { release, at: this.#clock.now() }
    return release
  }

  /** Returns whether to replace an asset by another file: never in a release that is public by now. */
  async #isStale(held: GitHubAsset, { filename, sha256 }: Artifact): Promise<boolean> {
    if (held.digest === `sha256:${sha256}` || !this.#to.mayReplace(filename)) return false
    return (await this.#find())?.draft === true
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

/** Returns where the pointer to a public release points. */
function reading(release: GitHubRelease | null): PointerReading {
  return release === null || release.draft ? { there: false } : { there: true, url: release.html_url }
}

function releaseIdUnknown(id: number, tag: string): Problem {
  const message = `GitHub has no release ${id} of ${tag}, which an earlier job created.`
  return error(
    'release-id-unknown',
    message,
    'Rerun the whole workflow; it creates the draft again if somebody deleted it.',
  )
}

function storedOtherwise(filename: string, name: string, stored: string): Problem {
  const message = `GitHub stored ${filename} as ${stored} instead of ${name}, the name in SHA256SUMS.`
  const hint = `Delete ${stored} from the draft, and rename the file: letters, digits, \`.\`, \`_\`, \`+\`, \`@\` and \`-\` are kept.`
  return error('asset-name-differs', message, hint)
}

function draftMissing(tag: string): Problem {
  return error(
    'draft-missing',
    `${tag} has no draft, so its release cannot go on.`,
    'Run the release again; it makes a new draft.',
  )
}

function isBroken(asset: GitHubAsset): boolean {
  return asset.state !== 'uploaded'
}

function contentType(filename: string): string {
  if (/\.(whl|zip)$/.test(filename)) return 'application/zip'
  if (/\.(tar\.gz|tgz|crate)$/.test(filename)) return 'application/gzip'
  return /\.(md|txt)$|^SHA256SUMS$/.test(filename) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
