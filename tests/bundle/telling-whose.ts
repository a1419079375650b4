import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { temporaryFolder } from '../sandbox/harness.ts'

/** Returns a PATH whose git tells who started it: the action's own process, since there is no shell in between. */
export function tellingWhose(): { path: string; pid(): number } {
  const bin = temporaryFolder()
  const file = join(bin, 'pid')
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho $PPID > '${file}'\nPATH=\${PATH#*:}\nexec git "$@"\n`, {
    mode: 0o755,
  })
  return { path: `${bin}${delimiter}${process.env.PATH}`, pid: () => Number(readFileSync(file, 'utf8')) }
}
