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

/** Cleans up after each test, in reverse order. */
afterEach(async () => {
  for (const each of endings.splice(0).reverse()) await each()
})

/** Registers a cleanup for the end of the test. */
export function atEnd(down: () => unknown): void {
  endings.push(down)
}

/** Creates a folder for this test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-sandbox-'))
  atEnd(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A sandbox to test, with its control client. */
export interface Tested extends SandboxDescription {
  dir: string
  steer: ControlClient
}

/** Starts a sandbox in this process until the end of the test. */
export async function tested(options: { dir?: string; cargoUpstream?: string | null } = {}): Promise<Tested> {
  const { close, ...sandbox } = await started(options)
  atEnd(close)
  return sandbox
}

/** Starts a sandbox in this process; the test closes it. */
export async function started(
  options: { dir?: string; cargoUpstream?: string | null } = {},
): Promise<Tested & { close(): Promise<void> }> {
  const dir = options.dir ?? temporaryFolder()
  const { description, close } = await startSandbox({ dir, cargoUpstream: options.cargoUpstream ?? null })
  return { ...description, dir, steer: controlClient(description.control.url), close }
}

/**
 * Describes a sandbox with a wrong secret for one remote, since steps in a sandbox use the secrets of its description.
 */
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

/**
 * Starts a sandbox in a separate process, which a test may kill and which ends with the test.
 * @param node options of Node
 */
export async function testedProcess(
  dir: string,
  node: readonly string[] = [],
): Promise<Tested & { process: ChildProcess; kill(): Promise<void> }> {
  const script = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...node, script, dir])
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = () => {
    child.kill('SIGKILL')
    return exited
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
  if (!description) throw new Error('the sandbox has no description')
  return { ...description, dir, steer: controlClient(description.control.url), process: child, kill }
}

/** The result of a command. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command to its end. A variable that is `undefined` is removed. Rejects if the command cannot start. */
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

/** Runs a command that must succeed; throws with all its output. */
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

/** The content of a generated distribution. */
export interface Made {
  name: string
  version: string
  /** Python, ABI and platform tag. */
  tag?: string
  /** More lines of metadata. */
  metadata?: string[]
  files?: Record<string, string>
}

/** Returns the core metadata of a generated distribution. */
function coreMetadata({ name, version, metadata = [] }: Made): string {
  return [`Metadata-Version: 2.1`, `Name: ${name}`, `Version: ${version}`, ...metadata, '', 'Text.', ''].join('\n')
}

/** Makes a wheel; returns its file name and bytes. */
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

/** Makes an sdist; returns its file name and bytes. */
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
