import type { Where } from '@slipway/core/problem'
import type { Folder } from '@slipway/documents/folder'
import { isForUsers } from '../internal-folders.ts'
import { MAX_READMES } from '../limits.ts'
import { mentionsIn } from '../mentions.ts'
import type { ReleaseWorkflows } from './release-workflows.ts'

/** Whether workflows publish no crates, as far as they are read, so that who has them publishes by hand. */
function isByHand({ crates, unread, pypi, isSlipway }: ReleaseWorkflows): boolean {
  return pypi !== null && crates.length === 0 && unread === null && !isSlipway
}

/**
 * Returns where READMEs first tell how to install or look up a crate, by its name. Only read where workflows publish to
 * PyPI alone: then crates are published by hand or not at all, and nobody advertises those that are not.
 */
export async function cratesInReadmes(
  folder: Folder,
  files: readonly string[],
  workflows: ReleaseWorkflows,
): Promise<Map<string, Where>> {
  const found = new Map<string, Where>()
  if (!isByHand(workflows)) return found
  const readmes = files.filter((each) => /(?:^|\/)readme\.(?:md|rst)$/i.test(each) && isForUsers(each))
  for (const file of readmes.slice(0, MAX_READMES)) {
    for (const { name, kind, line, isForPoetry } of mentionsIn((await folder.read(file)) ?? '')) {
      if (kind === 'crate' && !isForPoetry && !found.has(name)) found.set(name, { file, line })
    }
  }
  return found
}
