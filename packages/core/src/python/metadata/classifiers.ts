import { nearest } from '../../nearest-word.ts'
import type { Fault } from './fault.ts'

/** Returns the fault of a classifier; null for one that PyPI accepts (warehouse; the package trove-classifiers). */
export async function classifierFault(text: string): Promise<Fault | null> {
  // Only a package with classifiers needs the list.
  const { current, deprecated, date } = (await import('../data/classifiers.json', { with: { type: 'json' } })).default
  if (current.includes(text)) return null
  const shown = JSON.stringify(text)
  const successors = new Map<string, string[]>(Object.entries(deprecated)).get(text)
  if (successors) {
    const instead = successors.map((each) => JSON.stringify(each)).join(' or ')
    return {
      code: 'classifier-deprecated',
      why: `its classifier ${shown} is deprecated`,
      hint: instead === '' ? 'Remove the classifier.' : `Use ${instead} instead.`,
    }
  }
  if (text.startsWith('Private ::')) {
    const hint = 'Remove the classifier to publish the package; it keeps a package off PyPI on purpose.'
    return { code: 'classifier-invalid', why: `its classifier ${shown} marks it as private`, hint }
  }
  const meant = nearest(text, current)
  return {
    code: 'classifier-invalid',
    why: `${shown} is not one of its classifiers of ${date}`,
    hint:
      meant === undefined
        ? 'Copy it from the list of classifiers; its parts are separated by ` :: `, with spaces.'
        : `Write ${JSON.stringify(meant)}, or copy another from the list of classifiers.`,
  }
}
