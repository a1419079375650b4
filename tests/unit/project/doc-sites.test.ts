import { expect, test } from '@jest/globals'
import { planProject } from '@slipway/plan/plan'
import { documentationOf } from '@slipway/project/doc-sites'
import { plant, workspace } from '../trees.ts'

test.each([
  ['mkdocs.yml', 'MkDocs', '.'],
  ['site/mkdocs.yaml', 'MkDocs', 'site'],
  ['docs/conf.py', 'Sphinx', 'docs'],
  ['py/doc/source/conf.py', 'Sphinx', 'py/doc/source'],
  ['guide/book.toml', 'mdBook', 'guide'],
  ['website/docusaurus.config.ts', 'Docusaurus', 'website'],
])('%s configures %s', (file, generator, path) => {
  expect(documentationOf([file])).toEqual([{ generator, file, path }])
})

test.each(['conf.py', 'src/app/conf.py', 'tests/docs/conf.py', 'template/book.toml', 'docs/guide.md', 'my-mkdocs.yml'])(
  '%s configures none',
  (file) => {
    expect(documentationOf([file])).toEqual([])
  },
)

test('the plan has the documentation sites', async () => {
  const { docs, problems } = await planProject(await plant(workspace({ 'docs/conf.py': '', 'guide/book.toml': '' })))
  expect([docs.map((each) => each.file), problems]).toEqual([['docs/conf.py', 'guide/book.toml'], []])
})
