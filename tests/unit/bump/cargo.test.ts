import path from 'node:path'
import { expect } from '@jest/globals'
import { run } from '../../sandbox/harness.ts'
import { needs } from '../../tools.ts'
import { plant, type Tree } from '../trees.ts'
import { REPOSITORIES, withChangelog } from './repositories.ts'
import { bump } from './shapes.ts'

const test = needs('cargo', 'git')

const GIT = ['-c', 'user.name=A', '-c', 'user.email=a@example.invalid', '-c', 'commit.gpgsign=false']
const ENV = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', CARGO_NET_OFFLINE: 'true' }

async function output(cwd: string, ...command: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, { cwd, env: ENV })
  expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' })
  return stdout
}

/** Returns the folders in which cargo keeps a lock file: those of `[workspace]` tables. */
function lockedFolders(root: string, files: Tree): string[] {
  const workspaces = Object.entries(files).filter(
    ([file, text]) => /Cargo\.toml$/.test(file) && text?.includes('[workspace]'),
  )
  const [first] = workspaces
  return first ? workspaces.map(([file]) => path.dirname(path.join(root, file))) : [root]
}

test.each(Object.entries(REPOSITORIES))(
  'after a bump, cargo accepts %s, and rewrites nothing',
  async (_, { files, crates }) => {
    const root = await plant(withChangelog(files))
    const git = (...args: string[]) => output(root, 'git', ...GIT, ...args)
    // Lists nothing if a file is not committed.
    const contents = () =>
      Promise.all(crates.map((each) => output(root, 'cargo', 'package', '--list', '--package', each)))
    const folders = lockedFolders(root, files)
    for (const each of folders) await output(each, 'cargo', 'generate-lockfile')
    await git('init', '-q')
    await git('add', '-A')
    await git('commit', '-qm', 'All')
    const before = await contents()

    const { problems } = await bump(root, '1.10.0')
    expect(problems).toEqual([])
    const diff = await git('diff', '--unified=0')
    // A moved line is both removed and added.
    const lines = diff.split('\n')
    const fresh = lines.filter((line) => /^\+[^+]/.test(line) && !lines.includes(line.replace('+', '-')))
    expect(fresh.filter((line) => !/\b1\.10(\.0)?\b/.test(line))).toEqual([])
    for (const each of folders) {
      await output(each, 'cargo', 'build', '--locked')
      // Without --locked, cargo rewrites a lock file that it would write differently.
      await output(each, 'cargo', 'build')
    }
    expect(await git('diff', '--unified=0')).toBe(diff)
    await git('commit', '-qam', '1.10.0')
    expect(await contents()).toEqual(before)
    expect(await git('ls-files', '--others', '--exclude-standard')).toBe('')
    const left = await run(['git', 'grep', '-nE', '"([~=]1\\.4|1\\.4\\.0)'], { cwd: root, env: ENV })
    expect(left.stdout).toBe('')
  },
)
