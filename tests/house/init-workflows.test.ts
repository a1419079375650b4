import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { type WorkflowParts, workflowText } from '@slipway/release/init/workflow-text'
import { parse } from 'yaml'
import { needs } from '../tools.ts'
import { exampleWithout, init, PROJECTS, planted } from '../unit/release/init/projects.ts'
import { root } from './checkout.ts'
import { templateTexts, type Workflow } from './workflows/files.ts'
import { lint, local, repositoryToLint } from './workflows/lint.ts'
import { simulate } from './workflows/simulation.ts'

const withActionlint = needs('actionlint')
const withZizmor = needs('zizmor')

const made: string[] = []
afterEach(() => Promise.all(made.splice(0).map((each) => rm(each, { recursive: true, force: true }))))

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-init-'))
  made.push(folder)
  return folder
}

const BOTH = [true, false]
/** Every combination of parts that exists: an image may be on Docker Hub, and may wait for packages. */
const COMBINATIONS = (['token', 'identity'] as const).flatMap((login) =>
  BOTH.flatMap((crates) =>
    BOTH.flatMap((packages) =>
      [
        [true, false, true],
        [true, false, false],
        [false, false, false],
        ...(packages
          ? [
              [true, true, true],
              [true, true, false],
            ]
          : []),
      ].map(([image = false, late = false, dockerHub = false]) => {
        const about = { tags: 'v*', path: '.', owner: 'OWNER' }
        const parts: WorkflowParts = { crates, packages, image, late, dockerHub, ...about }
        const names = Object.entries(parts).flatMap(([name, value]) => (value === true ? [name] : []))
        return { name: [login, ...names].join('-'), login, parts, text: workflowText(login, parts) }
      }),
    ),
  ),
)

/** Names Slipway's parts by path, so that actionlint reads their inputs. */
const localized = (text: string) =>
  text
    .replace(/[\w-]+\/slipway\/actions\/([\w-]+)@v1/g, local)
    .replace(/[\w-]+\/slipway\/(\.github\/workflows\/[\w-]+\.yml)@v1/g, './$1')

/** The workflows that init writes for each kind of project, by file name. */
async function written(): Promise<Record<string, string>> {
  const projects = Object.entries(PROJECTS).map(
    async ([name, tree]) => [name, await init(await planted(tree))] as const,
  )
  const examples = ['metatron', 'nuster'].map(async (name) => [name, await init(await exampleWithout(name))] as const)
  const all = await Promise.all([...projects, ...examples])
  return Object.fromEntries(all.map(([name, { files }]) => [`${name.replaceAll(' ', '-')}.yml`, files[0]?.text ?? '']))
}

withActionlint('actionlint accepts each written workflow, and the inputs and secrets that it passes', async () => {
  const dir = await scratch()
  const combined = COMBINATIONS.map(({ name, text }) => [`${name}.yml`, text] as const)
  const all = [...combined, ...Object.entries(await written())].map(([file, text]) => [`init-${file}`, localized(text)])
  expect(all.length).toBe(32 + 8)
  await repositoryToLint(dir, Object.fromEntries(all))
  expect(lint('actionlint', ['-no-color'], dir)).toEqual({ status: 0, output: '' })
  // It would find a wrong input.
  const wrong = String(all[0]?.[1]).replace('tag:', 'tagg:')
  await writeFile(join(dir, '.github/workflows', String(all[0]?.[0])), wrong)
  expect(lint('actionlint', ['-no-color'], dir).output).toContain('tagg')
})

withZizmor(
  'zizmor accepts each written workflow; it names Slipway by its version, as the documentation does',
  async () => {
    const dir = await scratch()
    await mkdir(join(dir, '.github/workflows'), { recursive: true })
    await writeFile(
      join(dir, 'zizmor.yml'),
      'rules: { unpinned-uses: { config: { policies: { "acme/*": ref-pin } } } }\n',
    )
    for (const [file, text] of Object.entries(await written()))
      await writeFile(join(dir, '.github/workflows', file), text)
    const args = ['--offline', '--no-progress', '--color=never', '--config=zizmor.yml', '.github']
    expect(lint('zizmor', args, dir)).toEqual({ status: 0, output: '' })
  },
)

const OUTPUTS: Record<string, Record<string, string>> = {
  resume: { resumed: 'false', 'manifest-sha256': '', 'release-id': '' },
  assemble: { 'manifest-sha256': 'abc' },
  preflight: { 'test-pypi': 'true' },
  'push-image': { digest: 'sha256:1' },
  'create-release': { 'release-id': '7', url: 'there', receipts: '[]' },
  report: { receipts: '[]' },
}

test.each(COMBINATIONS)('$name runs to its end, with the actions of its parts', ({ parts, text }) => {
  const packages = parts.packages ? '["a"]' : '[]'
  const named = (has: boolean) => (has ? '["ghcr.io/a/a"]' : '[]')
  const images = { images: named(parts.image && !parts.late), 'late-images': named(parts.late) }
  const plan = { version: '1.0.0', tag: 'v1.0.0', matrix: '[{"name":"a"}]', packages, ...images }
  const ended = simulate(parse(text) as Workflow, ({ action, step }) =>
    /^Refuse an empty/.test(step.name ?? '')
      ? { outcome: 'failure' }
      : { outcome: 'success', outputs: { ...OUTPUTS, plan }[action ?? ''] ?? {} },
  )
  expect(ended.result).toBe('success')
  const ran = (action: string) => ended.ran.filter((each) => each.action === action).length > 0
  expect(ran('create-release')).toBe(true)
  const pushes = ended.ran.filter((each) => each.action === 'push-image' && each.with.push !== false)
  expect(pushes.map((each) => each.with.digest)).toEqual(
    parts.late ? ['sha256:1'] : parts.image ? [undefined, undefined] : [],
  )
  if (parts.packages) expect(ran('publish-pypi')).toBe(true)
  if (parts.crates) expect(ran('publish-crate')).toBe(true)
})

test('README, the documentation and the example print the templates of init', async () => {
  const everything = COMBINATIONS.find(({ name }) => name === 'token-crates-packages-image-dockerHub')?.text ?? ''
  const trusted = COMBINATIONS.find(({ name }) => name === 'identity-crates-packages-image')?.text ?? ''
  expect(templateTexts.slice(0, 2)).toEqual([everything, trusted])
  expect(await readFile(join(root, 'README.md'), 'utf8')).toContain(`\`\`\`yaml\n${everything}\`\`\``)
  expect(await readFile(join(root, 'examples/metatron/.github/workflows/release.yml'), 'utf8')).toBe(everything)
})
