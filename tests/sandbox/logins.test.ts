import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type Tested, temporaryFolder, tested } from './harness.ts'

/** Sends a request; returns the status and the error message. */
async function ask(url: string, headers: Record<string, string>, body?: URLSearchParams): Promise<[number, string]> {
  const response = await fetch(url, { method: body ? 'POST' : 'GET', headers, ...(body && { body }) })
  const { errors, message } = (await response.json()) as { errors?: { detail: string }[]; message?: string }
  return [response.status, errors?.[0]?.detail ?? message ?? '']
}

/** Starts a sandbox with this token for GitHub. */
async function withGitHubToken(token: string): Promise<Tested> {
  const dir = temporaryFolder()
  writeFileSync(join(dir, 'services.json'), JSON.stringify({ tokens: { github: token } }))
  return tested({ dir })
}

test('PyPI checks the token first, then the form', async () => {
  const sandbox = await tested()
  const form = new URLSearchParams({ ':action': 'file_upload', protocol_version: '1' })
  const login = (token: string, user = '__token__') => ({
    accept: 'application/json',
    authorization: `Basic ${btoa(`${user}:${token}`)}`,
  })
  const { upload, token } = sandbox.pypi
  const unknown = [403, 'Invalid or non-existent authentication information.']
  expect(await ask(upload, login('pypi-wrong'), form)).toEqual(unknown)
  expect(await ask(upload, login(token, 'me'), form)).toEqual(unknown)
  expect(await ask(upload, { accept: 'application/json' }, form)).toEqual(unknown)
  expect(await ask(upload, login(token), form)).toEqual([
    400,
    expect.stringMatching(/^'' is an invalid value for Name\. Error: This field is required\. /),
  ])
  form.set('name', 'demo')
  expect(await ask(upload, login(token), form)).toEqual([
    400,
    'Invalid value for filetype. Error: This field is required.',
  ])
  expect(await sandbox.steer.counters()).toMatchObject({ uploadBytes: 0 })
  expect((await sandbox.steer.log()).filter((each) => each.effect !== null)).toEqual([])
})

test('crates.io checks the token before the resource', async () => {
  const { cargo } = await tested()
  const url = `${cargo.api}/api/v1/me/tokens/0`
  expect(await ask(url, { authorization: cargo.token })).toEqual([404, 'Not Found'])
  expect(await ask(url, { authorization: 'ciowrong' })).toEqual([403, 'authentication failed'])
  expect(await ask(url, { authorization: 'wrong' })).toEqual([
    401,
    expect.stringMatching(/^The given API token does not match the format used by crates\.io\./),
  ])
  expect(await ask(url, {})).toEqual([403, 'this action requires authentication'])
})

test.each([
  ['a classic token', 'ghp_1', { admin: true, maintain: true, push: true, triage: true, pull: true }, 'repo, workflow'],
  ['a fine-grained token', 'github_pat_1', { admin: true, maintain: true, push: true, triage: true, pull: true }, null],
  ['an installation', 'ghs_1', { admin: false, maintain: false, push: false, triage: false, pull: true }, null],
])('GitHub reports the role and the scopes of %s', async (_, token, permissions, scopes) => {
  const { github } = await withGitHubToken(token)
  const url = `${github.api}/repos/someone/project`
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  expect(((await response.json()) as { permissions: object }).permissions).toEqual(permissions)
  expect(response.headers.get('x-oauth-scopes')).toBe(scopes)
  expect(await ask(url, { authorization: 'Bearer wrong' })).toEqual([401, 'Bad credentials'])
})
