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

/** The body as a list. */
export function entries(body: unknown): unknown[] {
  if (!Array.isArray(body)) throw new Error('The body is a list.')
  return body
}

/** A workflow that may publish, as people register it. */
export interface RegisteredWorkflow {
  /** `owner/name`. */
  repository: string
  /** The owner's id when it was registered; any when it is not given. */
  ownerId?: number
  /** File name of the workflow. */
  workflow: string
  environment?: string
}

/** The fields of a body that name a workflow that may publish. */
export function workflow(body: unknown): RegisteredWorkflow {
  const { ownerId, environment } = body as Partial<RegisteredWorkflow>
  const [repository, file] = [text(body, 'repository'), text(body, 'workflow')]
  if (!/^[^/]+\/[^/]+$/.test(repository)) throw new Error('repository is "owner/name".')
  if (!/^[^/]+\.ya?ml$/.test(file)) throw new Error('workflow is the name of a file, such as "release.yml".')
  if (ownerId !== undefined && !Number.isInteger(ownerId)) throw new Error('ownerId is a whole number.')
  return {
    repository,
    workflow: file,
    ...(ownerId !== undefined && { ownerId }),
    ...(environment !== undefined && { environment: text(body, 'environment') }),
  }
}
