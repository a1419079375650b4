import type { Folder } from '../folder.ts'
import { parseYaml, type YamlDocument, YamlError } from '../yaml.ts'

/** The folder of workflows in a repository. */
export const WORKFLOWS = '.github/workflows'

/** Reads files of workflows; a `Folder` does, for those of a repository. */
export type WorkflowSource = Pick<Folder, 'read' | 'filesIn'>

/** The workflows that were read, so that several readers of a project parse each once: parsing YAML is slow. */
const parsed = new WeakMap<WorkflowSource, Map<string, Promise<YamlDocument | YamlError | null>>>()

/** Returns the files of a project's workflows. */
export async function workflowFiles(folder: WorkflowSource): Promise<string[]> {
  return (await folder.filesIn(WORKFLOWS)).filter((each) => /\.ya?ml$/.test(each))
}

async function parse(folder: WorkflowSource, file: string): Promise<YamlDocument | YamlError | null> {
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
export function readWorkflow(folder: WorkflowSource, file: string): Promise<YamlDocument | YamlError | null> {
  const ofFolder = parsed.get(folder) ?? new Map<string, Promise<YamlDocument | YamlError | null>>()
  parsed.set(folder, ofFolder)
  const known = ofFolder.get(file) ?? parse(folder, file)
  ofFolder.set(file, known)
  return known
}
