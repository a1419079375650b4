import { createHash } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { runAction } from '../bundle/action.ts'
import { exampleRepository } from '../bundle/project.ts'
import { ENTRY } from '../rehearsal/example.ts'
import { run, succeed } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'

/** The user id of `nobody`. */
const NOBODY = 65_534

/** Returns name, content, owner, mode and times of everything in a folder. */
function snapshot(dir: string): string {
  const all = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()
  const entries = ['.', ...all].map((name) => {
    const { mode, uid, size, mtimeMs, ctimeMs } = statSync(join(dir, name))
    const isFile = statSync(join(dir, name)).isFile()
    const content = isFile
      ? createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex')
      : ''
    return [name, mode, uid, isFile ? size : '', mtimeMs, ctimeMs, content].join(' ')
  })
  return entries.join('\n')
}

/** Returns a test that only root can run: skipped for others, but required in CI. */
function asRoot(): ReturnType<typeof needs> {
  if (process.getuid?.() === 0) return needs('mount', 'umount', 'setpriv')
  if (process.env.CI === 'true') throw new Error('CI must run as root, since only root may mount')
  process.stderr.write('skipped, since only root may mount\n')
  return test.skip
}

asRoot()('a user who owns nothing gets the same plan of a read-only folder, which stays unchanged', async () => {
  const dir = await exampleRepository()
  const [mounted, plan] = [join(dirname(dir), 'mounted'), [process.execPath, ENTRY, 'plan', '--offline', '--json']]
  // Only the system's cargo is on PATH: `nobody` cannot run one in another user's home.
  const env = { PATH: '/usr/bin:/bin' }
  const writable = JSON.parse((await succeed([...plan, dir], { env })).stdout)
  for (const name of ['.', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })])
    chownSync(join(dir, name), NOBODY, NOBODY)
  mkdirSync(mounted)
  chmodSync(dirname(dir), 0o755)
  await succeed(['mount', '--bind', dir, mounted])
  try {
    await succeed(['mount', '-o', 'remount,bind,ro', mounted])
    const before = snapshot(dir)
    const user = ['setpriv', '--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups', '--']
    expect((await run([...user, 'touch', join(mounted, 'x')])).code).not.toBe(0)
    const ended = await run([...user, ...plan, mounted], {
      env: { ...env, HOME: '/nonexistent', NODE_OPTIONS: undefined },
    })
    expect([ended.code, ended.stderr]).toEqual([0, ''])
    expect(JSON.parse(ended.stdout)).toEqual(writable)
    const step = await runAction('plan', { offline: 'true' }, { cwd: mounted })
    // Git refuses root a repository of another user; the rest is planned all the same.
    expect([step.code, step.stderr, step.outputs.version]).toEqual([0, '', writable.version])
    expect(step.annotations.map((each) => each.properties.title)).toContain('git-failed')
    expect(snapshot(dir)).toBe(before)
  } finally {
    await succeed(['umount', mounted])
  }
})
