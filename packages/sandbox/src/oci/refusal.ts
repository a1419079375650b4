import { type Answer, json, Refusal } from '../service.ts'

/** One error of a registry's answer (distribution-spec 1.1, "Error Codes"). */
export interface RegistryError {
  code: string
  message: string
  detail?: unknown
}

/** Returns an answer with errors. */
export function refused(status: number, errors: RegistryError[], headers?: Record<string, string>): Answer {
  return json(status, { errors }, headers)
}

/** Returns a refusal with one error. */
export function refusal(
  status: number,
  code: string,
  message: string,
  detail?: unknown,
  headers?: Record<string, string>,
): Refusal {
  return new Refusal(refused(status, [{ code, message, ...(detail !== undefined && { detail }) }], headers))
}
