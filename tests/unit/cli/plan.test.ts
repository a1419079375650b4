import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { planProject } from '@slipway/plan/plan'
import { showPlan } from '../../../packages/cli/src/plan.ts'
import { GOOD } from '../../corpus/good.ts'
import { CHANGELOG, crate, members, NOW } from '../../corpus/pieces.ts'
import { many, needs } from '../../corpus/shapes.ts'
import { plant, type Tree } from '../trees.ts'

interface Shown {
  width?: number
  color?: boolean
  verbose?: boolean
}

/** Returns what the command shows of a plan. */
function shown(plan: Plan, { width = Number.POSITIVE_INFINITY, color = false, verbose = false }: Shown = {}): string {
  let text = ''
  const write = (more: string) => {
    text += more
  }
  showPlan({ write, live: false, color, width }, plan, verbose)
  return text
}

async function planned(files: Tree): Promise<Plan> {
  return planProject(await plant(files), { now: NOW })
}

/** Returns a workspace of three hundred crates, of which each depends on the previous one. */
const workspace = (manifest: (index: number) => string): Tree => ({
  'Cargo.toml': members(['c*']),
  'CHANGELOG.md': CHANGELOG,
  ...Object.assign({}, ...many.map((name, index) => crate(name, name, manifest(index), ''))),
})

test('a large project: the verdict, where each part goes, and what is not released', async () => {
  const { files } = GOOD['helpers, bindings for other languages and environments beside the released crates'] ?? {}
  expect(
    shown(await planned(files ?? {})),
  ).toBe(`v1.2.0 can be released as far as its files show: 2 crates, 1 package (4 wheels)
version 1.2.0, becomes the latest; form of the tag: CHANGELOG.md:3

part                       destination  state
release v1.2.0             GitHub       unknown  not checked
crate demo-support 1.2.0   crates.io    unknown  not checked; demo needs it
crate demo 1.2.0           crates.io    unknown  not checked
Python package demo 1.2.0  PyPI         unknown  not checked; one wheel per platform, cp39 and later
not released: crate demo-fuzz. It is in the folder fuzz.
not released: crate demo-py. Its Cargo.toml says \`publish = false\`.
not released: crate node. It builds only a C library (its \`crate-type\`), so no Rust program can depend on it.
not released: crate plugin. It is in the folder example.
not released: crate ui. It is in the folder tests.
not released: Python package dev. Its pyproject.toml has no [build-system], so it describes an environment, not a package.

10 packaged files, 0.4 KiB unpacked; version found in 8 places in 7 files; 4 wheel jobs
wheels of demo: one job on Linux does not suffice, since without a committed Cargo.lock its dependencies are unknown
`)
})

test('three hundred crates without errors fit on a screen, and --verbose lists each', async () => {
  const plan = await planned(workspace((index) => (index > 292 ? `publish = false\n${needs(index)}` : needs(index))))
  const text = shown(plan)
  expect(text).toBe(`v1.2.0 can be released as far as its files show: 293 crates
version 1.2.0, becomes the latest; form of the tag: CHANGELOG.md:3

part            destination  state
release v1.2.0  GitHub       unknown  not checked
293 crates      crates.io    unknown  c000 1.2.0, c001 1.2.0, c002 1.2.0 and 290 more; not checked
not released: 7 crates: c293, c294, c295 and 4 more. Its Cargo.toml says \`publish = false\`.

1172 packaged files, 53.7 KiB unpacked; version found in 300 places in 300 files
`)
  expect(text.split('\n').length).toBeLessThan(25)
  const all = shown(plan, { verbose: true })
  for (const name of plan.crates.filter((each) => each.publish).map((each) => each.name)) {
    expect(all).toMatch(new RegExp(`^crate ${name} 1\\.2\\.0 +crates\\.io +unknown +not checked$`, 'm'))
  }
  expect(all).toContain('not released: 7 crates: c293, c294, c295, c296, c297, c298, c299. Its Cargo.toml says')
})

test('errors of three hundred crates are one cause each, and the plan keeps each of them', async () => {
  const broken = (index: number) => needs(index).replace(', version = "1.2.0"', '')
  const files = workspace(broken)
  for (const name of many.slice(0, 12))
    files[`${name}/Cargo.toml`] = `${files[`${name}/Cargo.toml`]}`.replace(/^license.*\n/m, '')
  const plan = await planned(files)
  expect(plan.problems).toHaveLength(311)
  expect(shown(plan)).toBe(`v1.2.0 cannot be released: 311 errors
version 1.2.0, becomes the latest; form of the tag: CHANGELOG.md:3

part            destination  state
release v1.2.0  GitHub       unknown  not checked
300 crates      crates.io    unknown  c000 1.2.0, c001 1.2.0, c002 1.2.0 and 297 more; not checked

1200 packaged files, 49.3 KiB unpacked; version found in 1 place in 1 file

error[path-dependency-without-version] (299 times): c001 depends on c000 without a \`version\`, so cargo cannot publish c001.
    in c001/Cargo.toml:7, c002/Cargo.toml:7, c003/Cargo.toml:7 and 296 more
    Add a version: c000 = { path = "…", version = "…" }.
    See docs/problems/path-dependency-without-version.md
error[crate-metadata-missing] (12 times): crates.io refuses the crate c000: it has no license.
    in c000/Cargo.toml:2, c001/Cargo.toml:2, c002/Cargo.toml:2 and 9 more
    Add \`license\` to its [package].
    See docs/problems/crate-metadata-missing.md
`)
  const all = shown(plan, { verbose: true })
  expect(all.match(/^c\d+\/Cargo\.toml:\d+: error\[/gm)).toHaveLength(311)
})

test('a terminal gets colours and lines that fit; other readers get neither', async () => {
  const { files } = GOOD['helpers, bindings for other languages and environments beside the released crates'] ?? {}
  const plan = await planned(files ?? {})
  const narrow = shown({ ...plan, notChecked: ['One.', 'Two.'] }, { width: 60 })
  expect(narrow.split('\n').filter((each) => each.length > 60)).toEqual([])
  expect(narrow).toContain(
    '\nPython package demo 1.2.0  PyPI         unknown\n    not checked; one wheel per platform, cp39 and later\n',
  )
  expect(narrow).not.toContain('\u001b')
  const [first = ''] = shown(plan, { color: true }).split('\n')
  expect([first.startsWith('\u001b[32mv1.2.0 can be released '), first.endsWith('\u001b[0m')]).toEqual([true, true])
})

test('open questions are one line, and so is what to do about notices; --verbose lists both', async () => {
  const plan: Plan = {
    ...(await planned({ ...crate('', 'demo'), 'src/lib.rs': '// TODO\n' })),
    notChecked: ['Whether A.', 'Whether B.'],
  }
  expect(shown(plan).split('\n').slice(-6)).toEqual([
    'src/lib.rs:1: notice[todo-left]: The released sources contain a TODO comment.',
    'notice[changelog-section-missing]: There is no CHANGELOG.md, so the GitHub release will have no release notes.',
    'what to do about notices: shown by --verbose',
    '',
    'not checked: 2 questions (listed by --verbose)',
    '',
  ])
  const all = shown(plan, { verbose: true })
  expect(all).toContain('\n    Do it, or track it outside the sources.\n')
  expect(all).toMatch(/\nnot checked: Whether A\.\nnot checked: Whether B\.\n$/)
})

test('without a version, there is only the verdict and what is wrong', async () => {
  const text = shown(await planned({ 'Cargo.toml': '[package]\nname = "a\n' }))
  expect(text).toMatch(/^This project cannot be released: 1 error\n\nCargo\.toml:2: error\[toml-syntax\]: /)
})
