/** Returns a boolean field of a body. Like all functions here, throws an Error that the client sees. */
export function flag(body: unknown, field: string): boolean {
  const value = (body as Record<string, unknown> | null)?.[field]
  if (typeof value !== 'boolean') throw new Error(`${field} must be true or false.`)
  return value
}

/** Returns a string field of a body. */
export function text(body: unknown, field: string): string {
  const value = (body as Record<string, unknown> | null)?.[field]
  if (typeof value !== 'string') throw new Error(`${field} must be a string.`)
  return value
}

/** Returns the field `milliseconds` of a body. */
export function milliseconds(body: unknown): number {
  const value = (body as { milliseconds?: unknown } | null)?.milliseconds
  if (typeof value !== 'number' || !(value >= 0)) throw new Error('milliseconds must be a number from 0.')
  return value
}

/** Returns the body as a list. */
export function entries(body: unknown): unknown[] {
  if (!Array.isArray(body)) throw new Error('The body must be a list.')
  return body
}

/** A workflow that may publish, as registered by its owner. */
export interface RegisteredWorkflow {
  /** `owner/name`. */
  repository: string
  /** The owner's id at registration; without it any id matches. */
  ownerId?: number
  /** File name of the workflow. */
  workflow: string
  environment?: string
}

/** Reads the fields that register a workflow. */
export function workflow(body: unknown): RegisteredWorkflow {
  const { ownerId, environment } = body as Partial<RegisteredWorkflow>
  const [repository, file] = [text(body, 'repository'), text(body, 'workflow')]
  if (!/^[^/]+\/[^/]+$/.test(repository)) throw new Error('repository must be "owner/name".')
  if (!/^[^/]+\.ya?ml$/.test(file)) throw new Error('workflow must be a file name, such as "release.yml".')
  if (ownerId !== undefined && !Number.isInteger(ownerId)) throw new Error('ownerId must be a whole number.')
  return {
    repository,
    workflow: file,
    ...(ownerId !== undefined && { ownerId }),
    ...(environment !== undefined && { environment: text(body, 'environment') }),
  }
}
