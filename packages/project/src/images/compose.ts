import { ProblemError, type Where, warning } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/python/version'
import { join } from '@slipway/documents/paths'
import { substitute, UNSET } from '@slipway/documents/variables'
import { parseYaml, type YamlDocument, YamlError, type YamlNode, type YamlText } from '@slipway/documents/yaml'
import type { Place } from '../version-place.ts'

/** A service of a compose file that builds an image. Paths are relative to the project. */
export interface ComposeBuild {
  where: Where
  context: string
  /** Its Dockerfile. */
  file: string
  target?: string
  /** Its names from `image` and `build.tags`, with the tag if that is known. */
  names: YamlText[]
  /** The versions in its tags and its container's name. */
  places: Place[]
}

/** A service of a compose file that builds nothing: it runs an image of another service or project. */
export interface ComposeUser {
  /** The name of its image, without a tag. */
  name: string
  /** The versions in its image's tag and its container's name. */
  places: Place[]
}

/** The names of compose files; the first existing one counts (compose specification, "Compose file"). */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

/** Substitutes variables by their defaults, the only values that are the same on every machine. */
function withDefaults(text: string): string {
  return substitute(text, () => undefined)
}

/** A version without its `v`. `1.2.3-slim` names a variant and does not match. */
const VERSION = 'v?(?<version>\\d+\\.\\d+\\.\\d+(?:[-.]?[a-z]+[-.]?\\d+)?)'
/** A version as the default of a variable. */
const DEFAULT = String.raw`v?\$\{[a-z_]\w*:?-${VERSION}\}`
const TAG = [new RegExp(`:${VERSION}$`, 'i'), new RegExp(`:${DEFAULT}$`, 'i')]
const CONTAINER = [
  new RegExp(`(?<![\\d.])${VERSION}$`, 'i'),
  new RegExp(`${DEFAULT}$`, 'i'),
  // Within a name, only digits after a `v` are certainly a version.
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

/** Returns an image's name, without a tag from a variable; nothing if the name itself is unknown. */
function nameIn({ text, where }: YamlText): YamlText[] {
  const filled = withDefaults(text)
  const name = withoutTag(filled)
  if (name.includes(UNSET)) return []
  return [{ text: filled.includes(UNSET) ? name : filled, where }]
}

/** Whether a context or file is in the project: not in a remote repository, nor elsewhere on the machine. */
function isInProject(path: string): boolean {
  return !/^[/~]|:\/\/|^git@|^github\.com\//.test(path) && !path.includes(UNSET) && !/^\.\.(\/|$)/.test(join(path))
}

function readService(document: YamlDocument, service: YamlNode): ComposeBuild[] {
  const build = document.get(service, 'build')
  if (!build || document.get(build, 'dockerfile_inline')) return []
  const filled = (node: YamlNode | undefined) => withDefaults(document.text(node)?.text ?? '')
  const context = filled(build) || filled(document.get(build, 'context')) || '.'
  const dockerfile = filled(document.get(build, 'dockerfile')) || 'Dockerfile'
  const file = join(context, dockerfile)
  if (![context, file].every(isInProject) || dockerfile.startsWith('/')) return []
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
 * Reads the services of a compose file: those that build from folders of the project (compose specification, "Services",
 * "Build") and those that build nothing. Variables have their defaults. Services that build from elsewhere or from an
 * inline Dockerfile are left out.
 * Throws ProblemError (`compose-unreadable`).
 * @param text null if the file cannot be read
 */
export async function readCompose(
  file: string,
  text: string | null,
): Promise<{ builds: ComposeBuild[]; users: ComposeUser[] }> {
  try {
    if (text === null) throw new YamlError('it is too long, or outside of the project', 1)
    const document = await parseYaml(file, text)
    const services = document.items(document.get(document.root, 'services'))
    return {
      builds: services.flatMap((each) => readService(document, each)),
      users: services.flatMap((each) => readUser(document, each)),
    }
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const message = `${file} cannot be read (${cause.message}), so the names of images are unknown and none is released.`
    const where = { file, line: cause.line }
    const problem = warning('compose-unreadable', message, `Correct line ${cause.line}.`, where)
    throw new ProblemError(problem, cause)
  }
}
