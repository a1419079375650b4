import { mkdir, open, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './emulator.ts'

/** Returns a text as one word of a shell command. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * Writes the programs for a test's shell command: `python`, `python3`, and one for each Python script among the unpacked
 * packages' programs, such as `pytest`, since those that pip wrote begin with the path of another Python.
 * @param launch shell commands that run the Python with the arguments `"$@"`
 * @param path returns how the Python has to be given a path of this machine
 * @returns their folder, for PATH
 */
export async function writePrograms(
  { folder, site }: Place,
  launch: string,
  path: (path: string) => string = (same) => same,
): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const write = (name: string, text: string) => writeFile(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  for (const name of ['python', 'python3']) await write(name, launch)
  for (const name of await readdir(join(site, 'bin')).catch(() => [])) {
    const script = join(site, 'bin', name)
    if (await isPythonScript(script)) await write(name, `set -- ${shellWord(path(script))} "$@"\n${launch}`)
  }
  return bin
}

async function isPythonScript(file: string): Promise<boolean> {
  const opened = await open(file)
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(256), 0, 256, 0)
    return /^#!.*python/.test(buffer.toString('latin1', 0, bytesRead))
  } finally {
    await opened.close()
  }
}
