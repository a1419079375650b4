import { expect, test } from '@jest/globals'
import { tested } from './harness.ts'
import { exchange, idToken, mint } from './trusted.ts'

const workflow = { repository: 'someone/project', workflow: 'release.yml' }

test('both registries exchange an ID token once', async () => {
  const sandbox = await tested()
  await sandbox.steer.reserveCrate('made')
  await sandbox.steer.setCargoPublishers([{ crate: 'made', ...workflow }])
  const jwt = await idToken(sandbox, 'crates.io')
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 200, token: expect.stringMatching(/^cio_tp_/) })
  expect(await exchange(sandbox, jwt)).toMatchObject({ status: 400, words: 'JWT has already been used' })
  await sandbox.steer.setPypiPublishers('pypi', [{ project: 'made', ...workflow }])
  const other = await idToken(sandbox, 'pypi')
  expect(await mint(sandbox, other)).toMatchObject({ status: 200, token: expect.stringMatching(/^pypi-/) })
  expect(await mint(sandbox, other)).toMatchObject({
    status: 422,
    words: 'invalid-reuse-token: invalid token: already used',
  })
})
