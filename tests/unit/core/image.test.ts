import { expect, test } from '@jest/globals'
import { imageName, parseImage } from '@slipway/core/image'

test.each([
  ['python', 'docker.io/library/python', null],
  ['python:3.11-slim', 'docker.io/library/python', '3.11-slim'],
  ['qdash/metatron-qso:0.1.0', 'docker.io/qdash/metatron-qso', '0.1.0'],
  ['docker.io/python', 'docker.io/library/python', null],
  ['index.docker.io/a/b', 'docker.io/a/b', null],
  ['ghcr.io/lashsesh/qdash', 'ghcr.io/lashsesh/qdash', null],
  ['localhost/a', 'localhost/a', null],
  ['localhost:5000/a:b', 'localhost:5000/a', 'b'],
  ['127.0.0.1:5000/a/b__c/d-e', '127.0.0.1:5000/a/b__c/d-e', null],
  ['[::1]:5000/a', '[::1]:5000/a', null],
  ['Host:5000/a', 'Host:5000/a', null],
])('%s is %s', (text, name, tag) => {
  const found = parseImage(text)
  expect(found && imageName(found)).toBe(name)
  expect(found?.tag).toBe(tag)
})

test('a reference may have a digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  expect(parseImage(`a/b@${digest}`)).toEqual({ registry: 'docker.io', repository: 'a/b', tag: null, digest })
  expect(parseImage(`a/b:1@${digest}`)).toMatchObject({ tag: '1', digest })
})

test.each([
  '',
  'Owner/Name:1',
  'Owner/name:1',
  'a/B',
  'ghcr.io/Owner/name',
  'a b',
  'a/../b',
  'a//b',
  '/a',
  'a/',
  'a:',
  'a@sha256:12',
  'a:-x',
  `a/${'b'.repeat(260)}`,
  '$(id)/a',
  'a\n',
])('%j is not an image name', (text) => expect(parseImage(text)).toBeNull())
