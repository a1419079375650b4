import type { Folder } from '../folder.ts'
import { parseYaml, type YamlDocument, YamlError } from '../yaml.ts'

/** The folder of workflows in a repository. */
const WORKFLOWS = '.github/workflows'

/** The workflows that were read, so that several readers of a project parse each once: parsing YAML is slow. */
const parsed = new WeakMap<Folder, Map<string, Promise<YamlDocument | YamlError | null>>>()

/** Returns the files of a project's workflows. */
export async function workflowFiles(folder: Folder): Promise<string[]> {
  return (await folder.filesIn(WORKFLOWS)).filter((each) => /\.ya?ml$/.test(each))
}

async function parse(folder: Folder, file: string): Promise<YamlDocument | YamlError | null> {
  const text = await folder.read(file)
  try {
    return text === null ? null : await parseYaml(file, text)
  } catch (cause) {
    if (cause instanceof YamlError) return cause
    throw cause
  }
}

/**
 * Returns a parsed workflow or action, parsed once for all readers of a folder; the error if it is not valid YAML; null
 * if it is missing.
 */
export function readWorkflow(folder: Folder, file: string): Promise<YamlDocument | YamlError | null> {
  const ofFolder = parsed.get(folder) ?? new Map<string, Promise<YamlDocument | YamlError | null>>()
  parsed.set(folder, ofFolder)
  const known = ofFolder.get(file) ?? parse(folder, file)
  ofFolder.set(file, known)
  return known
}
