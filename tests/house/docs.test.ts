import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Spec } from '@slipway/runtime/inputs'
import { type DeclaredAction, declaredActions } from '../../scripts/action-files.ts'
import { files, root } from './checkout.ts'

const declared = await declaredActions(root)
const cases = declared.map((each): [string, DeclaredAction] => [each.name, each])

test('every folder of actions/ has an action.yml; plan uses the root one', async () => {
  expect(declared.map(({ name }) => name)).toEqual((await readdir(join(root, 'actions'))).sort())
})

test.each(cases)('action.yml of %s is complete', (name, { action }) => {
  const main = name === 'plan' ? 'dist/plan.js' : `../../dist/${name}.js`
  expect(action.runs).toMatchObject({ using: 'node24', main })
  expect(action.name).toMatch(/^\S/)
  expect(action.description).toMatch(/\S\.$/)
  expect(action.branding).toEqual({ icon: expect.any(String), color: expect.any(String) })
  for (const each of [...Object.values(action.inputs ?? {}), ...Object.values(action.outputs ?? {})]) {
    expect(each.description).toMatch(/\S/)
  }
  // A runner refuses the whole file if it has an unknown key.
  const known = { inputs: ['description', 'required', 'default', 'deprecationMessage'], outputs: ['description'] }
  for (const part of ['inputs', 'outputs'] as const) {
    const keys = Object.values(action[part] ?? {}).flatMap((each) => Object.keys(each))
    expect(keys.filter((each) => !known[part].includes(each))).toEqual([])
  }
})

test.each(cases)('action.yml of %s declares the inputs that it reads', async (name, { action }) => {
  const { spec } = (await import(`../../actions/${name}/src/inputs.ts`)) as { spec: Spec }
  const inputs = Object.entries(action.inputs ?? {})
  const former = Object.values(spec).flatMap((each) => each.formerly ?? [])
  expect(inputs.map(([input]) => input).sort()).toEqual([...Object.keys(spec), ...former].sort())
  for (const [input, { required = false, default: fallback = '' }] of inputs) {
    if (former.includes(input)) continue
    // The runner evaluates a default that is an expression.
    const expression = String(fallback).includes('${{')
    expect([input, required, expression ? 'expression' : String(fallback)]).toEqual([
      input,
      spec[input]?.required,
      expression ? 'expression' : (spec[input]?.default ?? ''),
    ])
  }
})

test.each(cases)('README of %s has the generated tables', (_, { readme, action }) => {
  expect([readme, existsSync(join(root, readme))]).toEqual([readme, true])
  const text = readFileSync(join(root, readme), 'utf8')
  for (const part of ['inputs', 'outputs'] as const) {
    if (Object.keys(action[part] ?? {}).length > 0)
      expect(text).toMatch(new RegExp(`<!-- ${part} -->[^]*<!-- /${part} -->`))
  }
})

test('the generated tables match action.yml; if not, run `npm run docs`', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/docs.ts'), '--check'], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

test('the table “Where is …” of CONTRIBUTING.md names existing files', () => {
  const [, table = ''] = contributing.split('## Where is …')
  const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| (.*?) +\| `([^`]+)`/gm)]
  expect(rows.length).toBeGreaterThanOrEqual(20)
  expect(rows.filter(([, , file = '']) => !existsSync(join(root, file))).map(([row]) => row)).toEqual([])
})

test('CONTRIBUTING.md names existing sources', () => {
  const named = [...contributing.matchAll(/`(?:packages\/)?([a-z-]+\/src\/[^`<]*\.\w+)`/g)].map(([, file = '']) => file)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((each) => !existsSync(join(root, 'packages', each)))).toEqual([])
})

const packages = [...new Set(files.flatMap((each) => /^packages\/([^/]+)\//.exec(each)?.[1] ?? []))]

test.each(packages)('%s has a README, and CONTRIBUTING.md names it', (name) => {
  const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8')
  expect(text.split('\n')[0]).toBe(`# ${name}`)
  for (const each of ['May import', 'Begin']) expect(text).toContain(each)
  expect(contributing).toContain(`packages/${name}/README.md`)
})
