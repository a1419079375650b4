import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { type Plugin, type PreRenderedChunk, rolldown } from 'rolldown'
import { licenses } from './licenses.ts'

/** Absolute source file by name of the bundle. */
export type Entries = Record<string, string>

/** Stand-ins that a rehearsal uses in place of GitHub's and Docker's actions. */
const STAND_INS = ['checkout', 'docker-login', 'download-artifact', 'upload-artifact']

/**
 * Returns the entries of a checkout: one for each action, the stand-ins for other actions, and the command if it exists.
 * `actions/plan` is the root action; its bundle is called `plan`.
 */
export async function entriesOf(root: string): Promise<Entries> {
  const entries: Entries = {}
  for (const name of (await readdir(join(root, 'actions'))).sort()) {
    const main = join(root, 'actions', name, 'src/main.ts')
    if (existsSync(main)) entries[name] = main
  }
  const standIns = join(root, 'packages/stand-ins/src')
  for (const name of STAND_INS) entries[`stand-in-${name}`] = join(standIns, `${name}.ts`)
  const command = join(root, 'packages/cli/src/main.ts')
  if (existsSync(command)) entries.slipway = command
  return entries
}

/**
 * What `@actions/core` imports at start and needs later, by file: its OIDC client, and with it undici (0.8 MB), which only a
 * job that requests an identity token needs, and `crypto`, whose functions the global of that name has too.
 */
const EAGER: Record<string, { eager: string; lazy: string }> = {
  'core.js': {
    eager: `import { OidcClient } from './oidc-utils.js';`,
    lazy: `const OidcClient = { getIDToken: async (audience) => (await import('./oidc-utils.js')).OidcClient.getIDToken(audience) };`,
  },
  'file-command.js': { eager: `import * as crypto from 'crypto';`, lazy: '' },
}

/** Makes `@actions/core` load at start only what it needs then. */
function lazyCore(): Plugin {
  return {
    name: 'lazy-core',
    transform(code, id) {
      const [, file = ''] = /\/@actions\/core\/lib\/([^/]+)$/.exec(id) ?? []
      const part = EAGER[file]
      if (!part) return null
      if (!code.includes(part.eager)) throw new Error(`@actions/core/lib/${file} no longer imports as expected`)
      return code.replace(part.eager, part.lazy)
    },
  }
}

/**
 * Names every module by its path in the checkout, `/packages/core/src/plan.ts`. The bundler orders some output by module
 * names, so with absolute paths the bytes would depend on the location of the checkout.
 */
function pathIndependent(root: string): Plugin & { real(id: string): string } {
  const files = new Map<string, string>()
  const real = (id: string) => files.get(id) ?? id
  return {
    name: 'path-independent',
    real,
    async resolveId(source, importer, options) {
      const found = await this.resolve(source, importer && real(importer), { ...options, skipSelf: true })
      if (!found || found.external || found.id.startsWith('\0')) return found
      const [, inPackages] = /[\\/](node_modules[\\/].*)$/.exec(found.id) ?? []
      const id = `/${(inPackages ?? relative(root, found.id)).split(sep).join('/')}`
      files.set(id, found.id)
      return { ...found, id }
    },
    load: (id) => (files.has(id) ? readFile(real(id), 'utf8') : null),
  }
}

/**
 * Our packages, or parts of them, that become separate chunks, each after those it uses: a chunk takes along the modules that
 * it imports, unless an earlier chunk has them. So editing a package changes one file, and a user of a package loads no package
 * above it. Remotes and container engines are separate, because an action needs only one of them. `release` has no chunk:
 * each action loads only its own use case.
 */
const CHUNKS = [
  'core/start',
  'plan/no-project',
  'registries/oci/default-tags',
  'toolchain/engine/engine',
  'core/effects/exec',
  'core/python/data/classifiers',
  'core/python',
  'core',
  'runtime',
  'documents',
  'project',
  'plan',
  'plan/checks',
  'bump',
  'artifacts/oci',
  'artifacts',
  'toolchain',
  'toolchain/engine',
  'registries',
  'registries/crates',
  'registries/pypi',
  'registries/oci',
  'registries/github',
  'registries/signing',
  'sandbox',
]

/** The modules of `core` that an action needs before it has read its inputs. */
const AT_START = ['effects/clock', 'effects/http', 'overview', 'plan', 'problem', 'problem-page', 'sandbox', 'verdict']

function isIn(chunk: string, id: string): boolean {
  if (chunk === 'core/start') return AT_START.some((each) => id === `/packages/core/src/${each}.ts`)
  const path = `/packages/${chunk.includes('/') ? chunk.replace('/', '/src/') : `${chunk}/src`}`
  return id === `${path}.ts` || id === `${path}.json` || id.startsWith(`${path}/`)
}

const PACKAGE_CHUNKS = CHUNKS.map((chunk, index) => ({
  name: chunk.replaceAll('/', '-'),
  test: (id: string) => isIn(chunk, id) && !CHUNKS.some((each) => each.startsWith(`${chunk}/`) && isIn(each, id)),
  priority: CHUNKS.length - index,
}))

/** Returns the name of the npm package of a module, or null for our own. */
function packageOf(id: string): string | null {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? null
}

/** Returns whether a module comes from a nested copy of a package, whose version differs from the common one. */
function isNested(id: string): boolean {
  return /\/node_modules\/.*\/node_modules\//.test(id)
}

/** Adds 1.7 MB, which only jobs that upload or download artifacts load. */
const HEAVY = '@actions/artifact'

/** Shares modules with `@sigstore/sign`, which must not load all of this package, so this one gets the rest. */
const LATE = '@sigstore/mock'

/**
 * Returns chunk groups for npm packages. Each package in our dependencies is a chunk together with the modules it imports, so
 * that a dynamic import loads it only when it is used. The rest goes to the heavy package.
 */
async function chunksOfPackages(root: string) {
  const named = new Set<string | null>()
  for (const folder of await readdir(join(root, 'packages'))) {
    const { dependencies = {} } = JSON.parse(await readFile(join(root, 'packages', folder, 'package.json'), 'utf8'))
    for (const name of Object.keys(dependencies)) if (name !== HEAVY) named.add(name)
  }
  const chunk = (name: string | null) => name?.replace('@', '').replace('/', '-') ?? null
  const isNamed = (id: string) => named.has(packageOf(id)) && !isNested(id)
  return [
    {
      debugName: 'packages',
      name: (id: string) => (isNamed(id) && packageOf(id) !== LATE ? chunk(packageOf(id)) : null),
      priority: CHUNKS.length + 2,
    },
    {
      debugName: 'late',
      name: (id: string) => (packageOf(id) === LATE ? chunk(LATE) : null),
      priority: CHUNKS.length + 1,
    },
    {
      debugName: 'heavy',
      name: (id: string) => (packageOf(id) === null ? null : chunk(HEAVY)),
      priority: 0,
    },
  ]
}

/** `release-plan` for `/packages/release/src/plan.ts`, `yaml-dist-index` for `/node_modules/yaml/dist/index.js`. */
function nameOfModule(id: string): string {
  const path = id.replace(/^.*\/node_modules\/@?|^\/(?:packages\/)?/, '').replace('/src/', '/')
  return path.replace(/\.[cm]?[jt]s$/, '').replaceAll('/', '-')
}

/** Names a chunk by the group it is (a package, a folder of one), else by the module that it was split off for. */
function chunkFile({ name, facadeModuleId, moduleIds }: PreRenderedChunk): string {
  // The bundler's own runtime begins with a null byte.
  const modules = moduleIds.filter((id) => !id.startsWith('\0'))
  const isGroup = modules.some(
    (id) => packageOf(id) !== null || PACKAGE_CHUNKS.some((each) => each.name === name && each.test(id)),
  )
  const module = facadeModuleId ?? modules.find((id) => basename(id, '.ts') === name) ?? modules.at(-1)
  return `chunks/${isGroup || module === undefined ? name : nameOfModule(module)}.js`
}

/** Removes only the bundles of an earlier build. */
async function clear(out: string): Promise<void> {
  await rm(join(out, 'chunks'), { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  for (const file of await readdir(out)) if (file.endsWith('.js')) await rm(join(out, file))
}

/**
 * Bundles the entries into `out`: `<name>.js` for each entry, `chunks/*.js`, `package.json` (node reads the nearest one to
 * see that these are modules) and `LICENSES.txt`. The bytes do not depend on the location of the checkout.
 */
export async function bundle(root: string, entries: Entries, out: string): Promise<void> {
  const paths = pathIndependent(root)
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    plugins: [lazyCore(), paths],
    // What `@actions/core` exports and we do not use would load node's modules for child processes at start.
    treeshake: { moduleSideEffects: [{ test: /\/@actions\/(?:core|exec|io)\//, sideEffects: false }] },
    // Timing warnings only mean that the machine is busy.
    checks: { pluginTimings: false },
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  await clear(out)
  const { output } = await build.write({
    dir: out,
    format: 'esm',
    minify: true,
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: chunkFile,
    codeSplitting: {
      groups: [...(await chunksOfPackages(root)), ...PACKAGE_CHUNKS],
    },
  })
  await build.close()
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter((id) => id[0] !== '\0')
  await writeFile(join(out, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`)
  await writeFile(join(out, 'LICENSES.txt'), await licenses(modules.map((id) => dirname(paths.real(id)))))
}
