import { ProblemError, type Where, warning } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/version'
import { join } from '@slipway/documents/paths'
import { substitute, UNSET } from '@slipway/documents/variables'
import { parseYaml, type YamlDocument, YamlError, type YamlNode, type YamlText } from '@slipway/documents/yaml'
import type { Place } from '../version-place.ts'

/** An image that a service of a compose file is built as. Paths are relative to the project. */
export interface ComposeBuild {
  where: Where
  context: string
  /** Its Dockerfile. */
  file: string
  target?: string
  /** What it is called, `image` and `build.tags`: with the tag where that is known. */
  names: YamlText[]
  /** Where its tags and its container's name hold a version. */
  places: Place[]
}

/** A service of a compose file that is not built there: it runs an image that another builds, or that is somebody else's. */
export interface ComposeUser {
  /** Of its image, without a tag. */
  name: string
  /** Where its image's tag and its container's name hold a version. */
  places: Place[]
}

/** Where compose files are looked for: the first that is there counts (compose specification, "Compose file"). */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

/** Gives a variable its default; there is no other value that every machine has. */
function filledIn(text: string): string {
  return substitute(text, () => undefined)
}

/** A version without its `v`; `1.2.3-slim`, which names a variant, is none. */
const VERSION = 'v?(?<version>\\d+\\.\\d+\\.\\d+(?:[-.]?[a-z]+[-.]?\\d+)?)'
/** The same as what a variable is by default. */
const DEFAULT = String.raw`v?\$\{[a-z_]\w*:?-${VERSION}\}`
const TAG = [new RegExp(`:${VERSION}$`, 'i'), new RegExp(`:${DEFAULT}$`, 'i')]
const CONTAINER = [
  new RegExp(`(?<![\\d.])${VERSION}$`, 'i'),
  new RegExp(`${DEFAULT}$`, 'i'),
  // Amidst a name, digits with a `v` alone are sure to be a version.
  /(?<=^|[_.-])v(?<version>\d+\.\d+\.\d+(?:[-.]?(?:alpha|beta|preview|pre|post|dev|rc|a|b|c)[-.]?\d+)?)(?=[_-])/i,
]

function versionIn(document: YamlDocument, node: YamlNode | undefined, forms: readonly RegExp[]): Place[] {
  const found = document.text(node)
  const [value] = found ? forms.flatMap((each) => each.exec(found.text)?.groups?.version ?? []) : []
  const range = value ? document.rangeOf(node, value) : null
  return found && value && range && normalizePython(value) !== null
    ? [{ ...found.where, value, range, spelling: 'semver' }]
    : []
}

function withoutTag(name: string): string {
  return name.replace(/:[^:/]*$/, '')
}

/** An image's name, without its tag where that is a variable's; none where the name itself is not known. */
function nameIn({ text, where }: YamlText): YamlText[] {
  const filled = filledIn(text)
  const name = withoutTag(filled)
  if (name.includes(UNSET)) return []
  return [{ text: filled.includes(UNSET) ? name : filled, where }]
}

/** Whether a context or file is one of the project's: not a repository elsewhere, nor any other folder of the machine. */
function isWithin(path: string): boolean {
  return !/^[/~]|:\/\/|^git@|^github\.com\//.test(path) && !path.includes(UNSET) && !/^\.\.(\/|$)/.test(join(path))
}

function readService(document: YamlDocument, service: YamlNode): ComposeBuild[] {
  const build = document.get(service, 'build')
  if (!build || document.get(build, 'dockerfile_inline')) return []
  const filled = (node: YamlNode | undefined) => filledIn(document.text(node)?.text ?? '')
  const context = filled(build) || filled(document.get(build, 'context')) || '.'
  const dockerfile = filled(document.get(build, 'dockerfile')) || 'Dockerfile'
  const file = join(context, dockerfile)
  if (![context, file].every(isWithin) || dockerfile.startsWith('/')) return []
  const target = filled(document.get(build, 'target'))
  const named = [document.get(service, 'image'), ...document.items(document.get(build, 'tags'))]
  const names = named.map((each) => document.text(each)).filter((each) => each !== null)
  const container = document.get(service, 'container_name')
  return [
    {
      where: document.where(build),
      context: join(context),
      file,
      ...(target && { target }),
      names: names.flatMap(nameIn),
      places: [
        ...named.flatMap((each) => versionIn(document, each, TAG)),
        ...versionIn(document, container, CONTAINER),
      ],
    },
  ]
}

function readUser(document: YamlDocument, service: YamlNode): ComposeUser[] {
  const image = document.get(service, 'image')
  const text = document.get(service, 'build') ? null : document.text(image)
  const places = [
    ...versionIn(document, image, TAG),
    ...versionIn(document, document.get(service, 'container_name'), CONTAINER),
  ]
  return text ? nameIn(text).map((each) => ({ name: withoutTag(each.text), places })) : []
}

/**
 * What a compose file builds from folders of the project (compose specification, "Services", "Build"): variables have
 * their defaults, and what is built from elsewhere or from an inline Dockerfile is left out. Besides, its services that build nothing.
 * Throws ProblemError (`compose-unreadable`).
 * @param text null when it cannot be read
 */
export async function readCompose(
  file: string,
  text: string | null,
): Promise<{ builds: ComposeBuild[]; users: ComposeUser[] }> {
  try {
    if (text === null) throw new YamlError('it is too long, or lies elsewhere', 1)
    const document = await parseYaml(file, text)
    const services = document.items(document.get(document.root, 'services'))
    return {
      builds: services.flatMap((each) => readService(document, each)),
      users: services.flatMap((each) => readUser(document, each)),
    }
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const message = `${file} cannot be read (${cause.message}), so it is not known what images are called, and none is released.`
    const where = { file, line: cause.line }
    const problem = warning('compose-unreadable', message, `Correct line ${cause.line}.`, where)
    throw new ProblemError(problem, cause)
  }
}
