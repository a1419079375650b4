import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { files, root } from './checkout.ts'

/** An import of a source file, also of types only, and whether it is loaded only where it is used: `import()`. */
export interface Import {
  from: string
  isLazy: boolean
}

/** Source files of the product, relative to the checkout. */
export const SOURCES = files.filter((file) => /^(packages|actions)\/.*\/src\/.*\.ts$/.test(file))

/** Returns the imports of a TypeScript text, in its order: static ones, re-exports, and `import()` of a literal. */
export function importsIn(text: string): Import[] {
  const found: Import[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each)
    if (node === null || typeof node !== 'object' || !('type' in node)) return
    const { type, source } = node as { type: string; source?: { value?: unknown } }
    if (/^(Import|ExportNamed|ExportAll|TSImportType)/.test(type) && typeof source?.value === 'string')
      found.push({ from: source.value, isLazy: type === 'ImportExpression' })
    for (const value of Object.values(node)) visit(value)
  }
  visit(parseAst(text, { lang: 'ts', astType: 'ts' }).body)
  return found
}

/** Returns the file of the checkout that an import of `file` names; null for npm packages and node's modules. */
export function fileOf(file: string, from: string): string | null {
  if (from.startsWith('.')) return normalize(join(dirname(file), from))
  const [, name, path] = /^@slipway\/([^/]+)\/(.+)$/.exec(from) ?? []
  return name === undefined ? null : `packages/${name}/src/${path}.ts`
}

/** Returns, for each source file, the source files that it imports. */
export function importGraph(sources: readonly string[] = SOURCES): Map<string, { file: string; isLazy: boolean }[]> {
  return new Map(
    sources.map((file) => {
      const imports = importsIn(readFileSync(join(root, file), 'utf8'))
      return [
        file,
        imports.flatMap(({ from, isLazy }) => {
          const target = fileOf(file, from)
          return target === null ? [] : [{ file: target, isLazy }]
        }),
      ]
    }),
  )
}

/** Returns the circles of a graph: groups of files that each reach all others of their group (Tarjan 1972). */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    lowest.set(file, order.size - 1)
    stack.push(file)
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file) as number, lowest.get(next) as number))
    }
    if (lowest.get(file) !== order.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1 || graph.get(file)?.includes(file)) circles.push(circle.sort())
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return circles
}
