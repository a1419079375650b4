import { expect, test } from '@jest/globals'
import { withoutSecrets } from '@slipway/toolchain/secrets'

test('a build gets no variable that looks like a secret or changes later steps, and all others', () => {
  const secret = [
    'CARGO_REGISTRY_TOKEN',
    'CARGO_REGISTRIES_MINE_TOKEN',
    'GITHUB_TOKEN',
    'TWINE_PASSWORD',
    'AWS_SECRET_ACCESS_KEY',
    'MY_SECRETS',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_RESULTS_URL',
    'GITHUB_ENV',
    'GITHUB_OUTPUT',
    'GITHUB_PATH',
    'GITHUB_STATE',
    'GITHUB_STEP_SUMMARY',
    'INPUT_ANYTHING',
    'OPENAI_API_KEY',
    'token',
  ]
  const plain = ['PATH', 'HOME', 'CARGO_HOME', 'GITHUB_REPOSITORY', 'TOKENIZERS_PARALLELISM', 'SSH_AUTH_SOCK', 'MONKEY']
  const env = Object.fromEntries([...secret, ...plain].map((name) => [name, 'x']))
  expect(Object.keys(withoutSecrets(env)).sort()).toEqual([...secret].sort())
  expect(Object.values(withoutSecrets(env)).every((value) => value === undefined)).toBe(true)
})
