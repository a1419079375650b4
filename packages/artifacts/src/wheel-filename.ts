/** The parts of a wheel's file name. */
export interface WheelFilename {
  /** The project's name, escaped as in file names: `metatron_qso`. */
  distribution: string
  /** PEP 440. */
  version: string
  /** The tie-breaker between wheels of one version, or null. */
  build: string | null
  pythonTags: string[]
  abiTags: string[]
  platformTags: string[]
  /** The expanded tags: each Python with each ABI and each platform, `cp38-abi3-win_amd64`. */
  tags: string[]
}

const FILENAME =
  /^(?<distribution>[^-\s/]+)-(?<version>[^-\s/]+)(?:-(?<build>\d[^-\s/]*))?-(?<python>[^-\s/]+)-(?<abi>[^-\s/]+)-(?<platform>[^-\s/]+)\.whl$/

/**
 * Parses a wheel's file name (PyPA specification "Binary distribution format", "File name convention";
 * "Platform compatibility tags", "Compressed tag sets"). Returns null when it is not one.
 */
export function parseWheelFilename(filename: string): WheelFilename | null {
  const parts = FILENAME.exec(filename)?.groups
  if (!parts) return null
  const { distribution = '', version = '', build = null, python = '', abi = '', platform = '' } = parts
  const [pythonTags, abiTags, platformTags] = [python.split('.'), abi.split('.'), platform.split('.')]
  const tags = pythonTags.flatMap((p) => abiTags.flatMap((a) => platformTags.map((on) => `${p}-${a}-${on}`)))
  return { distribution, version, build, pythonTags, abiTags, platformTags, tags }
}
