/** `node scripts/build.ts [--out DIR]` bundles every action and the command into dist/, or into DIR. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle, entriesOf } from './bundle.ts'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } })
await bundle(root, await entriesOf(root), resolve(values.out))
