import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach } from '@jest/globals'
import { type ControlClient, controlClient } from '@slipway/sandbox/control'
import { readDescription, type SandboxDescription } from '@slipway/sandbox/description'
import { startSandbox } from '@slipway/sandbox/start'
import { zipSync } from 'fflate'

const endings: (() => unknown)[] = []

/** What a test sets up is taken down after it, the last first. */
afterEach(async () => {
  for (const each of endings.splice(0).reverse()) await each()
})

/** Has something taken down after the test. */
export function atEnd(down: () => unknown): void {
  endings.push(down)
}

/** A folder of this test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-sandbox-'))
  atEnd(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A sandbox to test, and what steers it. */
export interface Tested extends SandboxDescription {
  dir: string
  steer: ControlClient
}

/** Starts a sandbox in this process; it ends with the test. */
export async function tested(options: { dir?: string; cargoUpstream?: string | null } = {}): Promise<Tested> {
  const { close, ...sandbox } = await started(options)
  atEnd(close)
  return sandbox
}

/** Starts a sandbox in this process, which the test ends. */
export async function started(
  options: { dir?: string; cargoUpstream?: string | null } = {},
): Promise<Tested & { close(): Promise<void> }> {
  const dir = options.dir ?? temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: options.cargoUpstream ?? null })
  return { ...description, dir, steer: controlClient(description.control.url), close }
}

/** The sandbox, described with another secret for a remote than it takes: steps in a sandbox use those of its description. */
export function withSecret<Remote extends 'cargo' | 'pypi' | 'github' | 'dockerhub' | 'ghcr'>(
  sandbox: Tested,
  remote: Remote,
  secret: string,
): Tested {
  const dir = temporaryFolder()
  const { steer, dir: _, ...description } = sandbox
  const field = 'password' in description[remote] ? 'password' : 'token'
  const described = { ...description, [remote]: { ...description[remote], [field]: secret } }
  write(dir, { 'sandbox.json': JSON.stringify(described) })
  return { ...described, dir, steer }
}

/** Starts a sandbox in a process of its own, which a test may kill; it is killed with the test. */
export async function testedProcess(dir: string): Promise<Tested & { process: ChildProcess; kill(): Promise<void> }> {
  const script = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, dir])
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = () => {
    child.kill('SIGKILL')
    return gone
  }
  atEnd(kill)
  await new Promise<void>((resolve, reject) => {
    let errors = ''
    child.stderr.on('data', (text) => {
      errors += text
    })
    child.stdout.once('data', () => resolve())
    child.once('exit', () => reject(new Error(`the sandbox ended: ${errors}`)))
  })
  const description = await readDescription(dir)
  if (!description) throw new Error('the sandbox does not describe itself')
  return { ...description, dir, steer: controlClient(description.control.url), process: child, kill }
}

/** How a command ended. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command to its end. A variable that is `undefined` is removed. Rejects when it cannot be started. */
export function run(
  argv: string[],
  options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [program = '', ...rest] = argv
    const child = spawn(program, rest, { cwd: options.cwd, env: { ...process.env, ...options.env } })
    const ended: Ended = { code: null, stdout: '', stderr: '' }
    child.stdout.on('data', (text) => {
      ended.stdout += text
    })
    child.stderr.on('data', (text) => {
      ended.stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ ...ended, code }))
  })
}

/** Runs a command that must succeed; fails with all it said. */
export async function succeed(argv: string[], options: Parameters<typeof run>[1] = {}): Promise<Ended> {
  const ended = await run(argv, options)
  if (ended.code !== 0)
    throw new Error(`${argv.join(' ').slice(0, 500)} ended with ${ended.code}:\n${ended.stdout}\n${ended.stderr}`)
  return ended
}

/** Writes files below a folder. */
export function write(dir: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

/** What a made distribution is to say. */
export interface Made {
  name: string
  version: string
  /** Python, ABI and platform tag. */
  tag?: string
  /** More lines of metadata. */
  metadata?: string[]
  files?: Record<string, string>
}

/** Core metadata of a made distribution. */
function coreMetadata({ name, version, metadata = [] }: Made): string {
  return [`Metadata-Version: 2.1`, `Name: ${name}`, `Version: ${version}`, ...metadata, '', 'Text.', ''].join('\n')
}

/** Makes a wheel: its file name and bytes. */
export function makeWheel(made: Made): { filename: string; bytes: Uint8Array } {
  const { name, version, tag = 'py3-none-any', files = {} } = made
  const stem = `${name.toLowerCase().replaceAll('-', '_')}-${version}`
  const all: Record<string, string> = {
    ...files,
    [`${stem}.dist-info/METADATA`]: coreMetadata(made),
    [`${stem}.dist-info/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
  }
  const record = `${stem}.dist-info/RECORD`
  all[record] = [...Object.keys(all), record].map((path) => `${path},,\n`).join('')
  const entries = Object.entries(all).map(([path, text]) => [path, Buffer.from(text)] as const)
  return { filename: `${stem}-${tag}.whl`, bytes: zipSync(Object.fromEntries(entries), { mtime: '2000-01-01' }) }
}

/** Makes an sdist: its file name and bytes. */
export function makeSdist(made: Made): { filename: string; bytes: Uint8Array } {
  const stem = `${made.name.toLowerCase().replaceAll('-', '_')}-${made.version}`
  const files = { 'PKG-INFO': coreMetadata(made), 'pyproject.toml': '[project]\n', ...made.files }
  return { filename: `${stem}.tar.gz`, bytes: makeTarball(stem, files) }
}

/** Makes a gzipped tar with all files in one top folder. */
export function makeTarball(top: string, files: Record<string, string>): Uint8Array {
  const blocks = Object.entries(files).map(([path, text]) => {
    const content = Buffer.from(text)
    const header = Buffer.alloc(512)
    header.write(`${top}/${path}`, 0)
    header.write('0000644\0', 100)
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        0', 148)
    header.write('ustar\x0000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}
