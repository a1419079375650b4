import { LARGEST_PROJECT } from '@slipway/core/limits'
import { normalizeName, wheelName } from '@slipway/core/name'
import { publishedPackages } from '@slipway/core/overview'
import type { Destination, PlannedPackage } from '@slipway/core/plan'
import { type Problem, warning } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/version'
import {
  after,
  answer,
  type ChannelLogin,
  type Findings,
  type Inquiry,
  joined,
  stableOf,
  text,
  whereVersion,
} from '../inquiry.ts'
import { type IndexedFile, PyPIClient } from './client.ts'

/** A package index that is asked. */
interface Index {
  name: 'PyPI' | 'Test PyPI'
  simple: string
  login: ChannelLogin | null
}

/** The version in a file's name (PyPA specifications "Binary distribution format" and "Source distribution format"); null for others. */
function versionOf({ filename }: IndexedFile, project: string): string | null {
  const wheel = /^([^-]+)-([^-]+)-.*\.whl$/.exec(filename)
  const [, name = '', version = ''] = wheel ?? /^(.+)-([^-]+)\.(?:tar\.gz|zip)$/.exec(filename) ?? []
  return wheelName(name) === wheelName(project) ? normalizePython(version) : null
}

/** PyPI takes no more files for a release after so many days. */
const OPEN_DAYS = 14
const DAY = 86_400_000

/**
 * A release that is there in part: until when it can be completed. It may be meant to have no more than it has, so this
 * is no error; and while no tag is named, it is over.
 */
function incomplete(
  { name, version }: PlannedPackage,
  files: readonly IndexedFile[],
  index: Index,
  inquiry: Inquiry,
): Problem[] {
  const expected = inquiry.plan.matrix.filter((each) => each.package === name).length
  const wheels = files.filter((each) => each.filename.endsWith('.whl')).length
  const times = files.map((each) => Date.parse(each.uploaded ?? '')).filter((each) => !Number.isNaN(each))
  if (!inquiry.isTagged || wheels >= expected || times.length === 0) return []
  const end = Math.min(...times) + OPEN_DAYS * DAY
  const day = new Date(end).toISOString().slice(0, 10)
  const lacks = `${index.name} has ${wheels} of ${expected} wheels of ${name} ${version}`
  const isClosed = inquiry.ports.clock.now() > end
  return [
    {
      code: isClosed ? 'package-release-closed' : 'package-release-closes',
      severity: isClosed ? 'warning' : 'notice',
      message: isClosed
        ? `${lacks}, and takes no more of them since ${day}: a release is open for ${OPEN_DAYS} days.`
        : `${lacks}, and takes more of them until ${day}.`,
      hint: isClosed
        ? 'Release under a new version.'
        : 'Run the release again before that day; it sends what is missing.',
      ...whereVersion(inquiry),
    },
  ]
}

/** The part of the limit from which on there may be no room for another release. */
const NEARLY_FULL = 0.9

/** A project that has more than the limit has been granted more; how much more is told nobody. */
function nearlyFull(name: string, files: readonly IndexedFile[], index: Index): Problem[] {
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0)
  if (bytes <= NEARLY_FULL * LARGEST_PROJECT || bytes > LARGEST_PROJECT) return []
  const [there, limit] = [bytes, LARGEST_PROJECT].map((each) => (each / 2 ** 30).toFixed(1))
  const message = `The files of ${name} on ${index.name} have ${there} GiB, and a project may have ${limit} GiB unless it has been granted more: once that is full, uploads are refused, halfway through a release too.`
  const hint = `Ask for a higher limit, or delete old prereleases there, which nobody can install any more then.`
  return [warning('package-storage-nearly-full', message, hint)]
}

async function findingsOf(found: PlannedPackage, index: Index, inquiry: Inquiry): Promise<Findings> {
  const { name, version } = found
  const { login, simple } = index
  const artifact = `Python package ${name} ${version}`
  const to = { publisher: 'pypi', target: index.name, artifact, login: login?.words ?? null } as const
  const remote = { simple, upload: '', username: '', token: null }
  const answered = await answer(inquiry, async (ports) => {
    const all = await new PyPIClient(ports, remote).files(normalizeName(name))
    return all.map((each) => ({ ...each, filename: text(each.filename) }))
  })
  if ('reason' in answered) {
    const destination: Destination = { ...to, state: 'unknown', detail: `it cannot be asked: ${answered.reason}` }
    const notChecked = [`Whether ${index.name} has ${name} ${version}: ${answered.reason}.`]
    return { destinations: [destination], problems: [], notChecked, versions: [] }
  }
  const files = answered.value
  const versions = files.map((each) => versionOf(each, name)).filter((each) => each !== null)
  const own = files.filter((each) => versionOf(each, name) === normalizePython(version))
  const first = 'the first version there, as far as can be seen'
  const detail = own.length > 0 ? `${own.length} of its files are there` : after(versions, first)
  return {
    destinations: [{ ...to, state: own.length > 0 ? 'present' : 'absent', detail }],
    problems: [...incomplete(found, own, index, inquiry), ...nearlyFull(name, files, index)],
    notChecked: [],
    // What is tried out on Test PyPI is no release.
    versions: index.name === 'PyPI' ? stableOf(versions) : [],
  }
}

/** Asks Test PyPI and PyPI what they hold of the Python packages. */
export async function askPyPI(inquiry: Inquiry): Promise<Findings> {
  const { endpoints, credentials } = inquiry
  const { testpypi = null, pypi = null } = credentials.logins
  const indexes: Index[] = [
    { name: 'Test PyPI', simple: endpoints.testpypi.simple, login: testpypi },
    { name: 'PyPI', simple: endpoints.pypi.simple, login: pypi },
  ]
  const packages = publishedPackages(inquiry.plan)
  return joined(await Promise.all(indexes.flatMap((index) => packages.map((each) => findingsOf(each, index, inquiry)))))
}
