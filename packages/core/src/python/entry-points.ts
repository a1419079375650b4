import type { Fault } from './metadata/fault.ts'

/** The groups whose names become programs on the user's PATH (PyPA specification "Entry points specification"). */
const SCRIPTS = ['console_scripts', 'gui_scripts']

/** Returns the fault of a program's name: PyPI takes letters, digits, `_`, `.` and `-` (warehouse, `_ENTRY_POINT_NAME_RE`). */
export function scriptNameFault(name: string): Fault | null {
  if (/^[\p{L}\p{N}_.-]+$/u.test(name)) return null
  const why = `the name ${JSON.stringify(name)} of a script has other characters than letters, digits, \`_\`, \`.\` and \`-\``
  return { code: 'script-name-invalid', why, hint: 'Name the script after the command that users will type.' }
}

/**
 * Returns why PyPI refuses an entry_points.txt: it is not an INI file as Python's `configparser` reads it with `=` alone
 * (warehouse, `_validate_entrypoints`), or the name of a script is invalid.
 */
export function entryPointFaults(text: string): Fault[] {
  const invalid = (what: string): Fault[] => [
    {
      code: 'entry-points-invalid',
      why: `its entry_points.txt ${what}`,
      hint: 'Define entry points in pyproject.toml, `[project.scripts]`, and let the build backend write the file.',
    },
  ]
  const groups = new Map<string, Set<string>>()
  let group: Set<string> | undefined
  let indentation = 0
  let name: string | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim()
    if (content === '' || /^[#;]/.test(content)) continue
    const indented = line.length - line.trimStart().length
    // A line that is indented deeper continues the value.
    if (name !== undefined && indented > indentation) continue
    indentation = indented
    const section = /^\[([^\]]+)\]/.exec(content)?.[1]
    if (section !== undefined) {
      if (groups.has(section)) return invalid(`has the group ${section} twice`)
      group = new Set()
      groups.set(section, group)
      name = undefined
      continue
    }
    name = /^(.+?)\s*=/.exec(content)?.[1]
    if (!group) return invalid(`has line ${index + 1} before any group`)
    if (name === undefined) return invalid(`has no \`=\` in line ${index + 1}`)
    if (group.has(name)) return invalid(`has ${JSON.stringify(name)} twice in one group`)
    group.add(name)
  }
  return SCRIPTS.flatMap((each) => [...(groups.get(each) ?? [])].flatMap((script) => scriptNameFault(script) ?? []))
}
