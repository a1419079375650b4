import { parsePython } from './version.ts'

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

const TAGS = String.raw`[^-\s/.]+(?:\.[^-\s/.]+)*`
const WHEEL = new RegExp(
  String.raw`^(?<distribution>(?!\S*__\S*-)[\p{L}\p{N}_.]+)-(?<version>[^-\s/]+)(?:-(?<build>\d[^-\s/]*))?-(?<python>${TAGS})-(?<abi>${TAGS})-(?<platform>${TAGS})\.whl$`,
  'u',
)

/**
 * Parses a wheel's file name (PyPA specification "Binary distribution format", "File name convention";
 * "Platform compatibility tags", "Compressed tag sets"). Returns null when it is not one.
 */
export function parseWheelFilename(filename: string): WheelFilename | null {
  const parts = WHEEL.exec(filename)?.groups
  if (!parts || parsePython(parts.version ?? '') === null) return null
  const { distribution = '', version = '', build = null, python = '', abi = '', platform = '' } = parts
  const [pythonTags, abiTags, platformTags] = [python.split('.'), abi.split('.'), platform.split('.')]
  const tags = pythonTags.flatMap((p) => abiTags.flatMap((a) => platformTags.map((on) => `${p}-${a}-${on}`)))
  return { distribution, version, build, pythonTags, abiTags, platformTags, tags }
}

/** The parts of a pattern for the file names of wheels: `heron-1.2.0-*.whl`, `heron-1.*.whl`. */
export interface WheelPattern {
  distribution: string
  /** The version, or its beginning up to the first `*`, `?`, `{` or `$`. */
  version: string
  /** Whether the version is whole. */
  isWhole: boolean
}

/** Parses a wheel's file name with wildcards or variables. Returns null when it is not for wheels or has no version. */
export function parseWheelPattern(pattern: string): WheelPattern | null {
  const [, distribution, part] = /^([^-\s/]+)-([^-\s/]+)(?:-[^\s/]*)?\.whl$/.exec(pattern) ?? []
  if (distribution === undefined || part === undefined) return null
  const [version = ''] = /^[^*?{$]*/.exec(part) ?? []
  return { distribution, version, isWhole: version === part }
}

/**
 * Parses the file name of a source distribution (PyPA specification "Source distribution format"). In old ones, the name of
 * the project may have `-`. Returns null when it is not one.
 */
export function parseSdistFilename(filename: string): { distribution: string; version: string } | null {
  const [, distribution, version] = /^([^\s/]+)-([^-\s/]+)\.(?:tar\.gz|zip)$/.exec(filename) ?? []
  return distribution === undefined || version === undefined ? null : { distribution, version }
}

/** Returns the minor version of CPython 3 in `cp312`, `3.12` or free-threaded `3.12t`, here 12; null for other texts. */
export function cpythonMinor(text: string): number | null {
  const minor = /^(?:cp3(\d+)|3\.(\d+)t?)$/
    .exec(text)
    ?.slice(1)
    .find((each) => each)
  return minor === undefined ? null : Number(minor)
}
