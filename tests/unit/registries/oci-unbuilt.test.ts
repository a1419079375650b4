import { expect, test } from '@jest/globals'
import type { Plan } from '@slipway/core/plan'
import { endpointsOf } from '@slipway/registries/endpoints'
import { oci } from '@slipway/registries/oci/remote'
import { answeredBy, type Said } from './http.ts'

const DIGEST = `sha256:${'0'.repeat(64)}`

/** Verifies an image that waits for PyPI, with these base images; the registries answer so to each reference. */
async function verified(bases: string[], answers: Record<string, Said | Error>, isSandbox = false) {
  const { heard, ...ports } = answeredBy(({ url }) => answers[new URL(url).pathname] ?? { status: 404 })
  const image = { name: 'registry.example.invalid/o/n', file: 'docker/Dockerfile', context: '.', bases }
  const plan = { version: '1.0.0', commit: null, images: [{ ...image, after: 'pypi' }] } as unknown as Plan
  const [found] = await oci.destinations(
    { plan, artifacts: [] },
    {
      ports,
      endpoints: { ...endpointsOf({}), ...(isSandbox && { standIn: () => null }) },
      isOwn: () => true,
      isAsked: () => true,
      tokens: {},
      login: async () => ({ username: 'me', password: 'hush' }),
      github: null,
    },
  )
  const problems = (await found?.publisher.verify([])) ?? []
  return { problems, asked: heard.map(({ method, url }) => `${method} ${new URL(url).pathname}`) }
}

const there = { headers: { 'docker-content-digest': DIGEST } }

test.each([
  ['exist', there],
  ['are hidden from this login', { status: 401 }],
  ['are in a registry that does not answer', new Error('reset')],
])('base images that %s are no problem', async (_, answer) => {
  const bases = ['base.example.invalid/python:3.12', `base.example.invalid/run@${DIGEST}`, 'base.example.invalid/tool']
  const paths = ['/v2/python/manifests/3.12', `/v2/run/manifests/${DIGEST}`, '/v2/tool/manifests/latest']
  const { problems, asked } = await verified(bases, Object.fromEntries(paths.map((each) => [each, answer])))
  expect([problems, asked]).toEqual([[], paths.map((each) => `HEAD ${each}`)])
})

test.each([
  ['base.example.invalid/python:3.12', 'base.example.invalid/python:3.12'],
  ['base.example.invalid/run', 'base.example.invalid/run:latest'],
  [`base.example.invalid/run@${DIGEST}`, `base.example.invalid/run@${DIGEST}`],
])('the base image %s that its registry does not have is an error', async (base, name) => {
  const { problems } = await verified([base], {})
  const message = `base.example.invalid has no ${name}, the base image of registry.example.invalid/o/n, which could not be built later.`
  expect(problems).toMatchObject([{ code: 'base-image-missing', message, where: { file: 'docker/Dockerfile' } }])
})

test('a sandbox, which has no base images, is not asked', async () => {
  expect(await verified(['python:3.12'], {}, true)).toEqual({ problems: [], asked: [] })
})
