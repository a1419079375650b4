import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { localized, unqueued } from '@slipway/core/siblings'
import { slipwayReference } from '@slipway/project/evidence/slipway-reference'
import { WORKFLOWS } from './reading.ts'
import { type StandIn, standInOf } from './stand-ins.ts'

/** Local folders that act uses in place of repositories, by `OWNER/NAME@REF`. */
export type LocalRepositories = Map<string, string>

/** The copy of Slipway for a workflow. */
export interface SlipwayCopy {
  /** Folder of this copy of Slipway. */
  slipway: string
  /** Why images are left out; null if they are included. */
  images: string | null
}

/** Quotes a text as a YAML scalar. */
const QUOTED = (text: string) => `'${text.replaceAll("'", "''")}'`

/**
 * Writes local replacements for everything that a workflow names by `uses`: copies of this Slipway, whose workflows
 * name its actions so that act finds them, and stand-ins.
 * @param folder an empty folder for the copies
 */
export async function localRepositories(
  uses: readonly string[],
  folder: string,
  { slipway, images }: SlipwayCopy,
): Promise<LocalRepositories> {
  const found: LocalRepositories = new Map()
  const references = [...uses]
  for (const each of references) {
    const sibling = slipwayReference(each)
    if (!sibling) continue
    const name = `${sibling.owner}/slipway@${sibling.ref}`
    if (found.has(name)) continue
    const copy = join(folder, `slipway-${found.size}`)
    // Its own workflows need replacements too.
    references.push(...(await copySlipway(slipway, copy, sibling)))
    if (images !== null) await leaveOutImages(copy, images)
    found.set(name, copy)
  }
  const standIns = new Map<string, { action: string; by: StandIn }[]>()
  for (const each of new Set(references)) {
    const [, action = '', ref = ''] = /^([^@]+)@(\S+)$/.exec(each) ?? []
    const by = standInOf(action)
    if (!by) continue
    const repository = `${action.split('/').slice(0, 2).join('/')}@${ref}`
    standIns.set(repository, [...(standIns.get(repository) ?? []), { action, by }])
  }
  for (const [repository, actions] of standIns) {
    const copy = join(folder, repository.replace(/[^\w.-]/g, '-'))
    for (const { action, by } of actions) {
      const within = join(copy, ...action.split('/').slice(2))
      await mkdir(within, { recursive: true })
      await writeFile(join(within, 'action.yml'), actionFile(action, by))
      if ('bundle' in by.by)
        await writeFile(join(within, 'main.mjs'), `import ${JSON.stringify(bundleOf(slipway, by.by.bundle))}\n`)
    }
    found.set(repository, copy)
  }
  return found
}

function bundleOf(slipway: string, name: string): string {
  return new URL(`file://${join(slipway, 'dist', `${name}.js`)}`).href
}

/** Returns the action.yml of a stand-in (GitHub, "Metadata syntax"). */
function actionFile(action: string, { by, inputs, outputs }: StandIn): string {
  const declaredInputs = inputs.map((each) => `  ${each}: { description: "Same as ${action}.", required: false }`)
  const declaredOutputs = outputs.map(
    (each) => `  ${each}: { description: "Same as ${action}."${'run' in by ? ", value: ''" : ''} }`,
  )
  const runs =
    'bundle' in by
      ? ['  using: node24', '  main: main.mjs']
      : ['  using: composite', '  steps:', '    - shell: bash', `      run: ${QUOTED(by.run)}`]
  return [
    `name: ${QUOTED(`${action} in a rehearsal`)}`,
    `description: ${QUOTED(`Slipway's stand-in for ${action}.`)}`,
    ...(declaredInputs.length > 0 ? ['inputs:', ...declaredInputs] : []),
    ...(declaredOutputs.length > 0 ? ['outputs:', ...declaredOutputs] : []),
    'runs:',
    ...runs,
    '',
  ].join('\n')
}

/** Copies the parts of Slipway that a workflow can name. Returns what Slipway's own workflows name by `uses`. */
async function copySlipway(
  from: string,
  to: string,
  { owner, ref }: { owner: string; ref: string },
): Promise<string[]> {
  await mkdir(join(to, WORKFLOWS), { recursive: true })
  await symlink(join(from, 'dist'), join(to, 'dist'))
  await cp(join(from, 'action.yml'), join(to, 'action.yml'))
  for (const name of await readdir(join(from, 'actions'))) {
    await mkdir(join(to, 'actions', name), { recursive: true })
    await cp(join(from, 'actions', name, 'action.yml'), join(to, 'actions', name, 'action.yml')).catch(unlessMissing)
  }
  const uses: string[] = []
  for (const name of (await readdir(join(from, WORKFLOWS))).filter((each) => each.endsWith('.yml'))) {
    const text = forAct(localized(await readFile(join(from, WORKFLOWS, name), 'utf8'), { owner, ref }))
    const named = text.replace(
      /^([ \t]*uses:[ \t]*)\.\/(\.github\/workflows\/[\w.-]+)/gm,
      (_, before: string, path: string) => `${before}${owner}/slipway/${path}@${ref}`,
    )
    await writeFile(join(to, WORKFLOWS, name), named)
    for (const [, one = ''] of named.matchAll(/^[ \t]*(?:- )?uses:[ \t]*["']?([^\s"'#]+)/gm)) uses.push(one)
  }
  return uses
}

/** Makes a copy of Slipway plan no image and its push-image do nothing. */
async function leaveOutImages(copy: string, reason: string): Promise<void> {
  for (const name of await readdir(join(copy, WORKFLOWS))) {
    const file = join(copy, WORKFLOWS, name)
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(/\binputs\.images\b/g, "'off'"))
  }
  const planned = /^( {2}images:\n(?: {4}.*\n)*? {4}default: )auto$/m
  for (const name of [
    'action.yml',
    ...(await readdir(join(copy, 'actions'))).map((each) => `actions/${each}/action.yml`),
  ]) {
    const file = join(copy, name)
    const text = await readFile(file, 'utf8').catch(() => null)
    if (text !== null) await writeFile(file, text.replace(planned, '$1off'))
  }
  const escapedReason = reason.replace(/\s+/g, ' ').replaceAll("'", '’')
  const nothing: StandIn = {
    by: { run: `echo 'Not rehearsed: ${escapedReason}'` },
    inputs: [],
    outputs: ['digest'],
    notRehearsed: '',
  }
  await writeFile(join(copy, 'actions', 'push-image', 'action.yml'), actionFile('push-image', nothing))
}

/** Ignores a missing file: plan's action.yml is the repository's own. */
function unlessMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause
}

/** Rewrites a workflow's text for act. */
export function forAct(yaml: string): string {
  return unqueued(yaml)
}

/** Rewrites the workflows of a project's folder for act, in place. */
export async function rewriteForAct(project: string): Promise<void> {
  const folder = join(project, WORKFLOWS)
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/\.ya?ml$/.test(name)) continue
    const text = await readFile(join(folder, name), 'utf8')
    const written = forAct(text)
    if (written !== text) await writeFile(join(folder, name), written)
  }
}
