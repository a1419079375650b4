import { expect, test } from '@jest/globals'
import { readmeFault } from '@slipway/core/python/metadata/restructured-text'
import { FIELD_RULES, fieldFault } from '@slipway/core/python/metadata/rules'
import { READMES, VALUES } from './values.ts'

test.each(Object.entries(VALUES))('%s: what PyPI accepts and refuses', async (field, { accepted, refused }) => {
  const faults = async (values: string[]) =>
    Promise.all(values.map(async (each) => [each, await fieldFault(field, each)]))
  expect(await faults(accepted)).toEqual(accepted.map((each) => [each, null]))
  expect((await faults(refused)).filter(([, fault]) => fault === null)).toEqual([])
})

test('every rule is tested', () => {
  const same: Record<string, string> = {
    'Download-URL': 'Home-Page',
    'Maintainer-Email': 'Author-Email',
    'Provides-Dist': 'Requires-Dist',
    'Obsoletes-Dist': 'Requires-Dist',
    'Import-Namespace': 'Import-Name',
  }
  const tested = new Set([...Object.keys(VALUES), 'Metadata-Version'])
  expect(Object.keys(FIELD_RULES).filter((each) => !tested.has(same[each] ?? each))).toEqual([])
  for (const [field, other] of Object.entries(same)) expect(FIELD_RULES[field]).toBe(FIELD_RULES[other])
})

test.each([
  ['Version', '1.x', 'package-version-invalid', '"1.x" is not a Python version'],
  ['Requires-Dist', 'a; foo == "x"', 'requirement-invalid', '"foo == \\"x\\"" is not a valid environment marker'],
  ['Requires-Dist', 'a>=1,,<2', 'requirement-invalid', '">=1,,<2" has a comma too many'],
  [
    'Summary',
    'x'.repeat(513),
    'package-description-too-long',
    'its description has 513 characters, and 512 are allowed',
  ],
])('the fault of %s: %s is %s', async (field, value, code, why) => {
  expect(await fieldFault(field, value)).toMatchObject({ code, why })
})

test.each(READMES)('whether PyPI renders %j: %p', (text, isRendered) => {
  expect(readmeFault(text) === null).toBe(isRendered)
})

test('hostile texts take little time', async () => {
  const many = 100_000
  expect(readmeFault(`${':a'.repeat(many)}\n${'.. x'.repeat(many)}\n${'\n \n'.repeat(many)}`)).toBeNull()
  await fieldFault('Author-Email', `${'"'.repeat(many)}${'('.repeat(many)}${'<'.repeat(many)}`)
  await fieldFault('Description-Content-Type', `text/plain${'; '.repeat(many)}`)
  await fieldFault('Home-Page', `https:${'/'.repeat(many)}[`)
  await fieldFault('Classifier', 'x'.repeat(many))
})
