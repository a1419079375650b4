import type { RemoteDescription } from '../destination.ts'
import { ArchivePublisher } from './publisher.ts'

const UNDO = 'ask its keepers to remove the files'

/** An archive that keeps the files of every release. */
export const archive: RemoteDescription = {
  kind: 'archive',
  channels: [{ name: 'archive', title: 'the archive', variables: ['ARCHIVE_TOKEN'], undo: UNDO }],
  async destinations({ artifacts }, { ports, endpoints, tokens, isOwn }) {
    const files = artifacts.filter((each) => each.kind !== 'image')
    if (files.length === 0) return []
    const publisher = new ArchivePublisher(ports, { url: endpoints.archive.url, token: tokens.archive ?? null })
    return [
      {
        channel: 'archive',
        name: 'the archive',
        undo: UNDO,
        publisher,
        artifacts: files,
        isForeign: !isOwn('archive'),
      },
    ]
  },
  async inquire({ plan, credentials }) {
    const login = credentials.logins.archive ?? null
    const state = 'unknown' as const
    const destination = {
      publisher: 'archive',
      target: 'the archive',
      artifact: `files of ${plan.version}`,
      state,
      login,
    }
    return {
      destinations: [{ ...destination, detail: 'asked at preflight' }],
      problems: [],
      notChecked: [],
      versions: [],
    }
  },
}
