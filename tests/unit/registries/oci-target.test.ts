import { expect, test } from '@jest/globals'
import { type ImageName, parseImage } from '@slipway/core/image'
import { endpointsOf, PUBLIC } from '@slipway/registries/endpoints'
import { isLoopback, registryAddress, repositoryPage } from '@slipway/registries/oci/address'
import { imageTarget } from '@slipway/registries/oci/target'

const HERE = endpointsOf({})
const named = (text: string) => parseImage(text) as ImageName

test.each([
  ['ghcr.io', 'https://ghcr.io'],
  ['registry.example.invalid:5000', 'https://registry.example.invalid:5000'],
  ['docker.io', PUBLIC.dockerhub.registry],
  ['localhost:5000', 'http://localhost:5000'],
  ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['127.1.2.3', 'http://127.1.2.3'],
  ['[::1]:5000', 'http://[::1]:5000'],
  // Names that only begin or end like loopback addresses.
  ['localhost.example.invalid', 'https://localhost.example.invalid'],
  ['127.0.0.1.example.invalid:80', 'https://127.0.0.1.example.invalid:80'],
  ['notlocalhost:5000', 'https://notlocalhost:5000'],
])('the registry %s is at %s', (registry, address) => {
  expect(registryAddress(registry, HERE)).toBe(address)
  expect(isLoopback(registry)).toBe(address.startsWith('http:'))
})

test('only Docker Hub has a known web page', () => {
  expect(repositoryPage(named('own/app'), HERE)).toBe(`${PUBLIC.dockerhub.web}/own/app`)
  expect(repositoryPage(named('ghcr.io/own/app'), HERE)).toBeNull()
})

test.each([
  ['its base', 'ghcr.io/own/app', ['python', 'ghcr.io/base/os', 'ghcr.io/own/other'], 'base/os'],
  ['another of its names', 'own/app', ['ghcr.io/base/os', 'own/app', 'other/app'], 'other/app'],
  ["Docker Hub's own base", 'own/app', ['python:3.11-slim'], 'library/python'],
  ['no other registry', 'ghcr.io/own/app', ['python', 'ghcr.io/own/app'], null],
])('an image shares blobs with %s', (_, name, others, mountFrom) => {
  const credentials = { username: 'me', password: 'hush' }
  const { registry, repository } = named(name)
  expect(imageTarget(named(name), credentials, others.map(named), HERE)).toMatchObject({
    name: { registry, repository },
    registry: registryAddress(registry, HERE),
    repository,
    credentials,
    mountFrom,
  })
})
