import { expect, test } from '@jest/globals'
import { RemoteError } from '@slipway/core/publisher'
import { explainedRefusal } from '@slipway/registries/crates/refusals'
import { granted } from '../granted.ts'

/** Messages of crates.io, and the resulting problems. */
const WORDS: [said: string, code: string, hint: RegExp][] = [
  [
    'New versions of this crate can only be published using Trusted Publishing (see the docs)',
    'crate-trusted-publishing-only',
    /id-token: write/,
  ],
  [
    'Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first',
    'crate-first-version',
    /crates-token/,
  ],
  [
    'The provided access token is not valid for crate `demo`',
    'trusted-publisher-missing',
    /add a publisher with repository owner `o`, repository name `demo`, workflow `release\.yml`, environment `release`/,
  ],
  [
    "this crate exists but you don't seem to be an owner. If you believe this is a mistake, perhaps you need to accept an invitation to be an owner before publishing.",
    'crate-not-yours',
    /owner/,
  ],
  ['this token does not have the required permissions to perform this action', 'crate-not-yours', /publish-new/],
]

test.each(WORDS)('crates.io says “%s”', async (said, code, hint) => {
  const cause = new RemoteError('denied', `HTTP 403: ${said}`, { status: 403 })
  const explained = explainedRefusal(cause, 'demo', await granted('release'))
  expect(explained).toMatchObject({ failure: 'denied', status: 403, problem: { code, severity: 'error' } })
  expect(explained.problem?.message).toContain('demo')
  expect(explained.problem?.hint).toMatch(hint)
})

test('other messages of crates.io are kept unchanged', () => {
  for (const each of [
    new RemoteError('denied', 'HTTP 403: authentication failed'),
    new RemoteError('doubtful', 'reset'),
  ])
    expect(explainedRefusal(each, 'demo', null)).toBe(each)
})
