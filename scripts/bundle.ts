import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'
import { licenses, packageFolder } from './licenses.ts'

/** Name of a bundle -> its source file, absolute. */
export type Entries = Record<string, string>

/**
 * The entries of a checkout: an action each, and the command when it is there.
 * `actions/plan` is the root action; its bundle is `plan` like any other.
 */
export async function entriesOf(root: string): Promise<Entries> {
  const entries: Entries = {}
  for (const name of (await readdir(join(root, 'actions'))).sort()) {
    const main = join(root, 'actions', name, 'src/main.ts')
    if (existsSync(main)) entries[name] = main
  }
  const command = join(root, 'packages/cli/src/main.ts')
  if (existsSync(command)) entries.slipway = command
  return entries
}

/**
 * `@actions/core` loads its OIDC client, and undici with it (0.8 MB), at start; only a job that asks for an
 * identity token needs them. The client it imports becomes one that imports the real one when it is called.
 */
function lazyOidc(): Plugin {
  const lazy = '\0lazy-oidc:'
  return {
    name: 'lazy-oidc',
    async resolveId(source, importer) {
      if (source !== './oidc-utils.js' || importer?.startsWith(lazy)) return null
      const real = await this.resolve(source, importer, { skipSelf: true })
      return real && { id: lazy + real.id, moduleSideEffects: false }
    },
    load(id) {
      if (!id.startsWith(lazy)) return null
      const real = JSON.stringify(id.slice(lazy.length))
      return `export const OidcClient = { getIDToken: async (audience) => (await import(${real})).OidcClient.getIDToken(audience) }`
    },
  }
}

/**
 * The rooms that are chunks of their own, each after those it uses: a chunk takes what its modules import along,
 * unless it is in an earlier one. So editing a room changes one file, and who uses a room loads no room above it.
 */
const ROOMS = ['core', 'runtime', 'project', 'artifacts', 'toolchain', 'registries', 'release', 'sandbox']

function chunksOfRooms(root: string) {
  return ROOMS.map((name, index) => ({
    name,
    test: (id: string) => id.startsWith(join(root, 'packages', name, 'src') + sep),
    priority: ROOMS.length - index,
  }))
}

/** An npm package is a chunk too, so that one which is imported where it is used is loaded then and not before. */
function chunkOfPackage(id: string): string | null {
  const folder = packageFolder(dirname(id))
  return folder === null
    ? null
    : (folder.split(`node_modules${sep}`).at(-1)?.replace('@', '').replace(sep, '-') ?? null)
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
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    plugins: [lazyOidc()],
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
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [{ debugName: 'packages', name: chunkOfPackage, priority: ROOMS.length + 1 }, ...chunksOfRooms(root)],
    },
  })
  await build.close()
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter((id) => id[0] !== '\0')
  await writeFile(join(out, 'package.json'), `${JSON.stringify({ type: 'module' })}\n`)
  await writeFile(join(out, 'LICENSES.txt'), await licenses(modules.map((id) => dirname(id))))
}
