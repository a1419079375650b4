import { expect, test } from '@jest/globals'
import { PyPIClient } from '@slipway/registries/pypi/client'
import { queriedEarly } from '@slipway/registries/pypi/early'
import { answeredBy } from '../http.ts'

const SIMPLE = 'https://example.invalid/simple/'

/** Queries early for files, and returns a client whose queries may take those answers, with the requests so far. */
async function open(names: Promise<string[]>, isBroken = false) {
  const { http, clock, heard } = answeredBy((_, n) => {
    const files = [{ filename: `answer-${n}.whl`, url: 'file', hashes: {} }]
    return isBroken && n === 0
      ? new Error('reset')
      : { headers: { 'content-type': 'application/json' }, body: { files } }
  })
  const early = queriedEarly({ http, clock }, SIMPLE, names, new AbortController().signal)
  await names.catch(() => {})
  const client = new PyPIClient({ http: early, clock }, { simple: SIMPLE, upload: '', username: '', token: null })
  return { heard, client, first: async (name: string) => (await client.files(name))[0]?.filename }
}

test('each project of the files is queried once, and the first query takes the answer', async () => {
  const names = ['My_Tool-1.0-py3-none-any.whl', 'my_tool-1.0.tar.gz', 'other-2.0.tar.gz', 'README.md']
  const { heard, first } = await open(Promise.resolve(names))
  expect(heard.map((each) => each.url)).toEqual([`${SIMPLE}my-tool/`, `${SIMPLE}other/`])
  expect(heard.every((each) => !('authorization' in each.headers))).toBe(true)
  expect([await first('my-tool'), await first('other')]).toEqual(['answer-0.whl', 'answer-1.whl'])
  expect(heard).toHaveLength(2)
})

test('the second query for a project is sent', async () => {
  const { heard, first } = await open(Promise.resolve(['tool-1.0.tar.gz']))
  expect([await first('tool'), await first('tool')]).toEqual(['answer-0.whl', 'answer-1.whl'])
  expect(heard).toHaveLength(2)
})

test('a lost answer fails the first query, which may be sent again', async () => {
  const { first } = await open(Promise.resolve(['tool-1.0.tar.gz']), true)
  await expect(first('tool')).rejects.toThrow()
  expect(await first('tool')).toBe('answer-1.whl')
})

test('a folder that cannot be listed is not queried for', async () => {
  const { heard, first } = await open(Promise.reject(new Error('EACCES')))
  expect(heard).toEqual([])
  expect(await first('tool')).toBe('answer-0.whl')
})
