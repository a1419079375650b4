import { wheelName } from '@slipway/core/name'
import { parseSdistFilename, parseWheelFilename } from '@slipway/core/python/filename'
import { normalizePython } from '@slipway/core/python/version'

/**
 * Returns the version in a file name (PyPA, "Binary distribution format", "Source distribution format"); null for
 * another project's file.
 */
export function versionOf(filename: string, project: string): string | null {
  const named = parseWheelFilename(filename) ?? parseSdistFilename(filename)
  return named && wheelName(named.distribution) === wheelName(project) ? normalizePython(named.version) : null
}
