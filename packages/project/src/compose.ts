import { ProblemError, type Where, warning } from '@slipway/core/problem'
import { normalizePython } from '@slipway/core/version'
import type { Node } from 'yaml'
import { join } from './folder.ts'
import { substitute, UNSET } from './substitution.ts'
import type { Place } from './versions/place.ts'
import { parseYaml, type YamlDocument, YamlError, type YamlText } from './yaml.ts'

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

/** Where compose files are looked for: the first that is there counts (compose specification, "Compose file"). */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

/** Gives a variable its default; there is no other value that every machine has. */
function filledIn(text: string): string {
  return substitute(text, () => undefined)
}

/** A version without its `v`; `1.2.3-slim`, which names a variant, is none. */
const VERSION = 'v?(\\d+\\.\\d+\\.\\d+(?:[-.]?[a-z]+[-.]?\\d+)?)'
const TAG = new RegExp(`:${VERSION}$`, 'i')
const NAME_WITH_VERSION = new RegExp(`(?<![\\d.])${VERSION}$`, 'i')

function versionIn(document: YamlDocument, node: Node | undefined, form: RegExp): Place[] {
  const found = document.text(node)
  const value = found && form.exec(found.text)?.[1]
  const range = value ? document.rangeOf(node, value) : null
  return found && value && range && normalizePython(value) !== null
    ? [{ ...found.where, value, range, spelling: 'semver' }]
    : []
}

/** An image's name, without its tag where that is a variable's; none where the name itself is not known. */
function nameIn({ text, where }: YamlText): YamlText[] {
  const filled = filledIn(text)
  const name = filled.replace(/:[^:/]*$/, '')
  if (name.includes(UNSET)) return []
  return [{ text: filled.includes(UNSET) ? name : filled, where }]
}

/** Whether a context or file is one of the project's: not a repository elsewhere, nor any other folder of the machine. */
function isWithin(path: string): boolean {
  return !/^[/~]|:\/\/|^git@|^github\.com\//.test(path) && !path.includes(UNSET) && !/^\.\.(\/|$)/.test(join(path))
}

function readService(document: YamlDocument, service: Node): ComposeBuild[] {
  const build = document.get(service, 'build')
  if (!build || document.get(build, 'dockerfile_inline')) return []
  const filled = (node: Node | undefined) => filledIn(document.text(node)?.text ?? '')
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
        ...versionIn(document, container, NAME_WITH_VERSION),
      ],
    },
  ]
}

/**
 * What a compose file builds from folders of the project (compose specification, "Services", "Build"): variables have
 * their defaults, and what is built from elsewhere or from an inline Dockerfile is left out.
 * Throws ProblemError (`compose-unreadable`).
 * @param text null when it cannot be read
 */
export async function readCompose(file: string, text: string | null): Promise<ComposeBuild[]> {
  try {
    if (text === null) throw new YamlError('it is too long, or lies elsewhere', 1)
    const document = await parseYaml(file, text)
    return document.items(document.get(document.root, 'services')).flatMap((each) => readService(document, each))
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    const message = `${file} cannot be read (${cause.message}), so it is not known what images are called, and none is released.`
    const where = { file, line: cause.line }
    const problem = warning('compose-unreadable', message, `Correct line ${cause.line}.`, where)
    throw new ProblemError(problem, cause)
  }
}
