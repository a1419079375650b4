import { expect, test } from '@jest/globals'
import { circlesIn, importGraph, importsIn } from './import-graph.ts'

test('no source files import each other in a circle, not for types either', () => {
  const graph = importGraph()
  expect(circlesIn(new Map([...graph].map(([file, imports]) => [file, imports.map((each) => each.file)])))).toEqual([])
})

test('the graph sees every kind of import', () => {
  const text = `import type { A } from './a.ts'
    import { type B, c } from './b.ts'
    import './d.ts'
    export { e } from './e.ts'
    export type * from './f.ts'
    type G = import('./g.ts').G
    const h = async () => (await import('./h.ts')).h`
  expect(importsIn(text).map((each) => each.from)).toEqual('abdefgh'.split('').map((each) => `./${each}.ts`))
  expect(importsIn(text).filter((each) => each.isLazy)).toEqual([{ from: './h.ts', isLazy: true }])
})

test('a circle is found, and a diamond is not a circle', () => {
  const graph = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [], e: ['f'], f: ['g'], g: ['e', 'a'], h: ['h'] }
  expect(circlesIn(new Map(Object.entries(graph)))).toEqual([['e', 'f', 'g'], ['h']])
})
