import type { GitHistory } from '@slipway/core/git-history'
import type { Ports } from '@slipway/core/ports'

/** Runs git where it writes nothing and runs no configured program; null if it fails. */
async function git({ exec }: Ports, dir: string, args: readonly string[], input = ''): Promise<string | null> {
  const env = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1' }
  const finished = await exec({ argv: ['git', ...args], cwd: dir, env, input }).catch(() => null)
  return finished?.code === 0 ? finished.stdout : null
}

/** Reads the answers of `git cat-file --batch`: a line with the size, the content and a line feed; or one line for a missing object. */
function contentsOf(output: Buffer, count: number): (string | null)[] {
  let at = 0
  return Array.from({ length: count }, () => {
    const end = output.indexOf('\n', at)
    if (end === -1) return null
    const [, size] = / blob (\d+)$/.exec(output.toString('utf8', at, end)) ?? []
    at = end + 1
    if (size === undefined) return null
    const content = output.toString('utf8', at, at + Number(size))
    at += Number(size) + 1
    return content
  })
}

/** Returns the history of the repository of a folder; undefined outside a repository. Writes nothing. */
export async function gitHistory(ports: Ports, dir: string): Promise<GitHistory | undefined> {
  const tags = (await git(ports, dir, ['tag', '--list']))?.split('\n').filter(Boolean)
  if (tags === undefined) return undefined
  return {
    tags,
    async readAt(files) {
      if (files.length === 0) return []
      // Without `./`, git takes the path as relative to the top of the repository.
      const wanted = files.map(({ tag, file }) => `refs/tags/${tag}:./${file.replaceAll('\n', '')}\n`)
      const output = (await git(ports, dir, ['cat-file', '--batch'], wanted.join(''))) ?? ''
      return contentsOf(Buffer.from(output), files.length)
    },
  }
}
