const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const MONTH = `(?:${MONTHS.map((each) => each.slice(0, 3)).join('|')})[a-z]{0,6}`

/** The source of a pattern for a date before the version of a heading: `2025-01-31`, `31 January 2025`, `January 31, 2025`. */
export const LEADING_DATE = `(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2} ${MONTH} \\d{4}|${MONTH} \\d{1,2}, \\d{4})`

/** Returns a date in the form of another one, which matches `LEADING_DATE`. @param date `YYYY-MM-DD` */
export function dateLike(form: string, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const [word] = /[a-z]+/i.exec(form) ?? []
  if (word === undefined) return date
  const full = MONTHS[Number(month) - 1] ?? ''
  const name = word.length === 3 ? full.slice(0, 3) : full
  return /^\d/.test(form) ? `${Number(day)} ${name} ${year}` : `${name} ${Number(day)}, ${year}`
}
