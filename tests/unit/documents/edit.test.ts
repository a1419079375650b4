import { expect, test } from '@jest/globals'
import { applicableEdits, applyEdits } from '@slipway/documents/edit'

test('applies edits in the order of the text, without those that overlap or change nothing', () => {
  const at = (start: number, end: number, text: string) => ({ file: 'f', range: [start, end] as const, text })
  const text = 'abcdef'
  const edits = applicableEdits(text, [
    at(4, 5, 'EE'),
    at(0, 1, ''),
    at(4, 5, 'EE'),
    at(2, 3, 'c'),
    at(6, 6, '!'),
    at(3, 5, 'DE'),
  ])
  expect(edits.map((each) => each.text)).toEqual(['', 'DE', '!'])
  expect(applyEdits(text, edits)).toBe('bcDEf!')
})
