import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { type Plugin, type PreRenderedChunk, rolldown } from 'rolldown'
import { licenses } from './licenses.ts'

/** Name of a bundle -> its source file, absolute. */
export type Entries = Record<string, string>

/** What a rehearsal puts in place of GitHub's and Docker's own actions. */
const STAND_INS = ['checkout', 'docker-login', 'download-artifact', 'upload-artifact']

/**
 * The entries of a checkout: an action each, the stand-ins for others' actions, and the command when it is there.
 * `actions/plan` is the root action; its bundle is `plan` like any other.
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
 * `@actions/core` loads its OIDC client, and undici with it (0.8 MB), at start; only a job that asks for an
 * identity token needs them. The client it imports becomes one that imports the real one when it is called.
 */
function lazyOidc(): Plugin {
  const eager = `import { OidcClient } from './oidc-utils.js';`
  const lazy = `const OidcClient = { getIDToken: async (audience) => (await import('./oidc-utils.js')).OidcClient.getIDToken(audience) };`
  return {
    name: 'lazy-oidc',
    transform(code, id) {
      if (!id.endsWith('/@actions/core/lib/core.js')) return null
      if (!code.includes(eager)) throw new Error('@actions/core imports its OIDC client in another way than before')
      return code.replace(eager, lazy)
    },
  }
}

/**
 * Names every module by its place in the checkout, `/packages/core/src/plan.ts`: the bundler orders some things by the
 * modules' names, and with absolute paths the bytes would depend on where the checkout is.
 */
function placeless(root: string): Plugin & { real(id: string): string } {
  const files = new Map<string, string>()
  const real = (id: string) => files.get(id) ?? id
  return {
    name: 'placeless',
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
 * What becomes chunks of its own, each after those it uses: a chunk takes what its modules import along, unless it is in
 * an earlier one. So editing a package changes one file, and whoever uses a package loads none above it. Remotes and container
 * engines are apart from their packages, since an action needs one of them. `release` is in no chunk: of
 * its use cases an action loads its own only.
 */
const CHUNKS = [
  'core',
  'runtime',
  'documents',
  'project',
  'plan',
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

function isIn(chunk: string, id: string): boolean {
  return id.startsWith(chunk.includes('/') ? `/packages/${chunk.replace('/', '/src/')}/` : `/packages/${chunk}/src/`)
}

const CHUNKS_OF_PACKAGES = CHUNKS.map((chunk, index) => ({
  name: chunk.replace('/', '-'),
  test: (id: string) => isIn(chunk, id) && !CHUNKS.some((each) => each.startsWith(`${chunk}/`) && isIn(each, id)),
  priority: CHUNKS.length - index,
}))

/** Name of the npm package of a module, or null for our own. */
function packageOf(id: string): string | null {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? null
}

/** Whether a module is of another version of a package than the common one, which its user alone has. */
function isNested(id: string): boolean {
  return /\/node_modules\/.*\/node_modules\//.test(id)
}

/** Brings 1.7 MB along, which only jobs that hand files over load. */
const HEAVY = '@actions/artifact'

/** Shares parts with `@sigstore/sign`, which must not load all of it: it takes what is left. */
const LATE = '@sigstore/mock'

/**
 * The npm packages that our packages name are a chunk each, with what they take along, so that one which is imported where it
 * is used is loaded then and not before. What is left belongs to the heavy one.
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
  const path = id.replace(/^.*\/node_modules\/@?|^\/packages\//g, '').replace('/src/', '/')
  return path.replace(/\.[cm]?[jt]s$/, '').replaceAll('/', '-')
}

/** Names a chunk by the group it is (a package, a folder of one), else by the module that it was split off for. */
function chunkFile({ name, facadeModuleId, moduleIds }: PreRenderedChunk): string {
  // The bundler's own runtime begins with a null byte.
  const modules = moduleIds.filter((id) => !id.startsWith('\0'))
  const isGroup = modules.some(
    (id) => packageOf(id) !== null || CHUNKS_OF_PACKAGES.some((each) => each.name === name && each.test(id)),
  )
  const module = facadeModuleId ?? modules.find((id) => basename(id, '.ts') === name) ?? modules.at(-1)
  return `chunks/${isGroup || module === undefined ? name : nameOfModule(module)}.js`
}

/** Removes the bundles of an earlier build, and nothing else. */
async function clear(out: string): Promise<void> {
  await rm(join(out, 'chunks'), { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  for (const file of await readdir(out)) if (file.endsWith('.js')) await rm(join(out, file))
}

/**
 * Bundles the entries into `out`: `<name>.js` an entry, `chunks/*.js`, `package.json` (node reads the nearest one to
 * know that these are modules) and `LICENSES.txt`. The bytes do not depend on where the checkout is.
 */
export async function bundle(root: string, entries: Entries, out: string): Promise<void> {
  const places = placeless(root)
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    plugins: [lazyOidc(), places],
    // A busy machine is no fault of the build.
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
      groups: [...(await chunksOfPackages(root)), ...CHUNKS_OF_PACKAGES],
    },
  })
  await build.close()
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter((id) => id[0] !== '\0')
  await writeFile(join(out, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`)
  await writeFile(join(out, 'LICENSES.txt'), await licenses(modules.map((id) => dirname(places.real(id)))))
}
