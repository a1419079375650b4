/** A field of a body that must be true or false. Throws an Error for the one who asked, as all of these do. */
export function flag(body: unknown, field: string): boolean {
  const value = (body as Record<string, unknown> | null)?.[field]
  if (typeof value !== 'boolean') throw new Error(`${field} is true or false.`)
  return value
}

/** A field of a body that must be a string. */
export function text(body: unknown, field: string): string {
  const value = (body as Record<string, unknown> | null)?.[field]
  if (typeof value !== 'string') throw new Error(`${field} is a string.`)
  return value
}

/** The field `milliseconds` of a body. */
export function milliseconds(body: unknown): number {
  const value = (body as { milliseconds?: unknown } | null)?.milliseconds
  if (typeof value !== 'number' || !(value >= 0)) throw new Error('milliseconds is a number from 0.')
  return value
}
