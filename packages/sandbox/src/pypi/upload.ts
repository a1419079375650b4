import { createHash } from 'node:crypto'
import { MAX_DISTRIBUTION_BYTES, MAX_PYPI_PROJECT_BYTES, MAX_RELEASE_AGE_MS } from '../limits.ts'
import type { Answer, Request } from '../service.ts'
import { type Store, sha256 } from '../store.ts'
import { readAttestations } from './attestations.ts'
import { blake2b256 } from './blake2b.ts'
import { openDistribution } from './distribution.ts'
import { type DistributionName, distributionPart, isPlatformAllowed, parseFilename } from './filename.ts'
import { readForm, refusal, type UploadForm } from './form.ts'
import { demandProject } from './login.ts'
import { renderingFault } from './metadata/description.ts'
import { parseMetadata, value } from './metadata/read.ts'
import type { State, TrustedLogin } from './state.ts'
import { normalizedName, normalizedVersion, versionKey } from './version.ts'

const MIB = 1024 * 1024

/** Who uploads, and how the index shows the file. */
interface UploadContext {
  /** Milliseconds until the simple index shows the file. */
  lag: number
  /** The workflow that uploads by trusted publishing; null for a user. */
  login: TrustedLogin | null
  /** Fetches the certificate that verifies attestations. */
  root(): Promise<Uint8Array>
}

/**
 * Handles an upload as PyPI does, with its messages (warehouse: "forklift", the legacy API). The same bytes under an
 * existing name succeed without a change.
 * @throws Refusal 400
 */
export async function upload(request: Request, store: Store<State>, context: UploadContext): Promise<Answer> {
  const no = (message: string) => refusal(request, 400, message)
  const form = await readForm(request)
  const { filename, content } = form
  const name = form.field('name') ?? ''
  const normal = normalizedName(name)
  demandProject(request, context.login, normal, store.state.projects[normal]?.name ?? null)
  const unrendered = renderingFault(
    value(form.metadata, 'description'),
    value(form.metadata, 'description-content-type'),
  )
  if (unrendered) throw no(unrendered)
  if (content.length > MAX_DISTRIBUTION_BYTES)
    throw no(`File too large. Limit for project '${name}' is ${MAX_DISTRIBUTION_BYTES / MIB} MB.`)
  const digest = sha256(content)
  if (!digestsHold(form, digest)) {
    throw no('The digest supplied does not match a digest calculated from the uploaded file.')
  }
  const existing = Object.values(store.state.projects)
    .flatMap((each) => each.files)
    .find((each) => each.filename === filename)
  if (existing?.sha256 === digest) return { status: 200 }
  if (existing) throw no(`File already exists ('${filename}', with blake2_256 hash '${blake2b256(content)}').`)
  if (store.state.used.includes(filename)) {
    throw no('This filename was previously used by a file that has since been deleted. Use a different version.')
  }
  const checked = await checkDistribution(form, digest, context)
  if (typeof checked === 'string') throw no(checked)
  return addFile(request, store, { form, ...checked, ...context })
}

/** A distribution that passed PyPI's checks of its content. */
interface CheckedDistribution {
  parsed: DistributionName
  /** The text of METADATA or PKG-INFO. */
  text: string
  attestations: unknown[]
}

/** Opens the distribution in a form. Returns PyPI's message if it refuses the file. */
async function checkDistribution(
  form: UploadForm,
  digest: string,
  { login, root }: UploadContext,
): Promise<CheckedDistribution | string> {
  const { filename, content } = form
  const parsed = parseFilename(filename)
  if (typeof parsed === 'string') return parsed
  const opened = openDistribution(parsed, filename, content)
  if (typeof opened === 'string') return opened
  const licenses = form.metadata.get('license-file') ?? []
  const fault = filenameFault(form, parsed) ?? opened.fault(licenses) ?? formFault(form, opened.text)
  if (fault) return fault
  const attested = form.field('attestations')
  const attestations =
    attested === undefined ? [] : readAttestations(attested, login, { filename, sha256: digest, root: await root() })
  return typeof attestations === 'string' ? attestations : { parsed, text: opened.text, attestations }
}

/**
 * Adds a checked file to its project, which is created if missing.
 * @throws Refusal 400 if the release or the project accepts no such file
 */
function addFile(
  request: Request,
  store: Store<State>,
  { form, parsed, text, attestations, lag, login }: { form: UploadForm } & CheckedDistribution & UploadContext,
): Answer {
  const no = (message: string) => refusal(request, 400, message)
  const { filename, content } = form
  const name = form.field('name') ?? ''
  return store.change((state) => {
    const project = state.projects[normalizedName(name)] ?? { name, summary: '', files: [] }
    state.projects[normalizedName(name)] = project
    const version = normalizedVersion(form.field('version') ?? '') ?? ''
    const siblings = project.files.filter((each) => versionKey(each.version) === versionKey(version))
    if (parsed.kind === 'sdist' && siblings.some((each) => each.kind === 'sdist')) {
      throw no('Only one sdist may be uploaded per release.')
    }
    const now = Date.now()
    if (siblings.some((each) => now - each.uploadedAt > MAX_RELEASE_AGE_MS)) {
      throw no('Files cannot be added to a release that is older than 14 days.')
    }
    if (project.files.reduce((sum, each) => sum + each.size, content.length) > MAX_PYPI_PROJECT_BYTES) {
      throw no(
        `Project size too large. Limit for project '${name}' total size is ${MAX_PYPI_PROJECT_BYTES / MIB / 1024} GB.`,
      )
    }
    project.summary = value(form.metadata, 'summary') ?? ''
    project.files.push({
      filename,
      kind: parsed.kind,
      version,
      sha256: store.keep(content),
      size: content.length,
      requiresPython: value(form.metadata, 'requires-python') ?? null,
      metadata: store.keep(Buffer.from(text)),
      uploadedAt: now,
      visibleAt: now + lag,
      ...(login && attestations.length > 0 && { attestations, publisher: login.publisher }),
    })
    state.used.push(filename)
    return { status: 200, effect: `file ${filename} uploaded` }
  })
}

/** Whether every sent digest is the file's. */
function digestsHold(form: UploadForm, digest: string): boolean {
  const sent = (name: string) => form.field(name)?.toLowerCase()
  return (
    (sent('sha256_digest') ?? digest) === digest &&
    (!sent('md5_digest') || sent('md5_digest') === createHash('md5').update(form.content).digest('hex')) &&
    (!sent('blake2_256_digest') || sent('blake2_256_digest') === blake2b256(form.content))
  )
}

/** Returns the fault in the file's name, compared with the form, or in its tags; null if there is none. */
function filenameFault(form: UploadForm, parsed: DistributionName): string | null {
  const { filename } = form
  const [name, version] = [form.field('name') ?? '', form.field('version') ?? '']
  const [expected, normal] = [distributionPart(name), normalizedVersion(version) ?? version]
  if (parsed.kind !== form.field('filetype'))
    return `Invalid file extension: '${filename}' is invalid for filetype ${form.field('filetype')}.`
  const platform = parsed.platforms.find((each) => !isPlatformAllowed(each))
  if (platform) return `Binary wheel '${filename}' has an unsupported platform tag '${platform}'.`
  if (distributionPart(parsed.distribution) !== expected) return `Start filename for '${name}' with '${expected}'.`
  if (parsed.kind === 'sdist') {
    const whole = `${expected}-${normal}.tar.gz`
    return filename === whole ? null : `Filename '${filename}' is invalid, should be '${whole}'.`
  }
  if (parsed.distribution !== expected)
    return `Filename '${filename}' should contain the normalized project name '${expected}', not '${parsed.distribution}'.`
  if (versionKey(parsed.version) !== versionKey(version))
    return `Version in filename should be '${normal}' not '${normalizedVersion(parsed.version)}'.`
  // PyPI believes the form; the sandbox also tells a client that derives it wrongly.
  if (form.field('pyversion') === parsed.pythons.join('.')) return null
  return `The pyversion '${form.field('pyversion')}' is not that of '${filename}'.`
}

/**
 * Returns a difference between the form and the file's metadata; null if there is none. PyPI does not compare them, but a
 * client that sends another name or version than the file has is wrong.
 */
function formFault(form: UploadForm, text: string): string | null {
  const metadata = parseMetadata(text)
  const [name = '', version = ''] = [value(metadata, 'name'), value(metadata, 'version')]
  if (normalizedName(name) !== normalizedName(form.field('name') ?? '')) {
    return `Name in the form should be '${name}', as in the metadata of the file, not '${form.field('name')}'.`
  }
  if (versionKey(version) === null || versionKey(version) !== versionKey(form.field('version') ?? '')) {
    return `Version in the form should be '${version}', as in the metadata of the file, not '${form.field('version')}'.`
  }
  return null
}
