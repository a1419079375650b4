import { readFileSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@slipway/core/effects/clock'
import type { Ports } from '@slipway/core/ports'
import { type Init, type InitOptions, planInit } from '@slipway/release/init/init'
import { writeFiles } from '@slipway/release/init/write'
import { METADATA, plant, stableWorkspace, type Tree } from '../../trees.ts'

const ROOT = join(import.meta.dirname, '../../../..')

/** The workflow that init writes. */
export const RELEASE = '.github/workflows/release.yml'

/** A release workflow of more than 200 lines, made by hand. */
export const HAND_MADE = readFileSync(join(import.meta.dirname, 'hand-made.yml'), 'utf8')

const pure = (more = '') => `[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "demo"
version = "1.2.0"
requires-python = ">=3.9"
${more}`

const crate = (more = '') => `[package]\nname = "demo"\nversion = "1.2.0"\nedition = "2021"\n${METADATA}${more}`

/** Projects of one kind each. */
export const PROJECTS = {
  crate: { 'Cargo.toml': crate(), 'src/lib.rs': '' },
  python: { 'pyproject.toml': pure(), 'demo/__init__.py': '__version__ = "1.2.0"\n' },
  'image alone': {
    'Cargo.toml': crate('publish = false\n'),
    'src/main.rs': 'fn main() {}\n',
    Dockerfile: 'FROM debian:12-slim\n',
  },
  'crate and image on Docker Hub': {
    'Cargo.toml': crate(),
    'src/main.rs': 'fn main() {}\n',
    Dockerfile: 'FROM debian:12-slim\n',
    'compose.yaml': 'services:\n  demo:\n    build: .\n    image: acme/demo:1.2.0\n',
  },
  'image that installs the release': {
    'pyproject.toml': pure(),
    'demo/__init__.py': '__version__ = "1.2.0"\n',
    Dockerfile: 'FROM python:3.12-slim\nRUN pip install demo\n',
    'slipway.toml': '[[images]]\nname = "acme/demo"\nafter = "pypi"\n',
  },
  'hand-made workflow': {
    ...stableWorkspace({ 'py/src/lib.rs': null }),
    'docker/Dockerfile': 'FROM python:3.12-slim\n',
    'scripts/announce.sh': 'curl example.invalid\n',
    [RELEASE]: HAND_MADE,
  },
} satisfies Record<string, Tree>

/** Returns a copy of an example without its workflow, outside of any repository. */
export async function exampleWithout(name: string): Promise<string> {
  const dir = await plant({})
  const filter = (path: string) => !/[\\/](target|dist|__pycache__)$/.test(path)
  await cp(join(ROOT, 'examples', name), dir, { recursive: true, filter })
  await rm(join(dir, '.github'), { recursive: true })
  await mkdir(join(dir, '.git'))
  return dir
}

/** Returns the folder of a project in a repository. */
export async function planted(tree: Tree): Promise<string> {
  const dir = await plant(tree)
  await mkdir(join(dir, '.git'))
  return dir
}

/**
 * Makes ports of a machine on which git knows a remote and tags, and nothing else runs or answers.
 * @param origin null for none
 */
export function portsWith(origin: string | null, tags: readonly string[] = []): Ports {
  const fails = async () => {
    throw new Error('not here')
  }
  const exec: Ports['exec'] = async ({ argv }) => {
    if (argv[1] === 'tag' && tags.length > 0) return { code: 0, stdout: `${tags.join('\n')}\n`, stderr: '' }
    if (argv[1] !== 'remote' || origin === null) throw new Error('not here')
    return { code: 0, stdout: `${origin}\n`, stderr: '' }
  }
  return { clock: systemClock, http: fails, exec, env: {}, log: { info() {}, debug() {}, problem() {} } }
}

/** Plans what a project needs, offline. */
export function init(
  dir: string,
  {
    origin = 'git@github.com:Acme/Demo.git',
    tags = [],
    ...options
  }: Partial<InitOptions> & { origin?: string | null; tags?: string[] } = {},
): Promise<Init> {
  return planInit(portsWith(origin, tags), dir, { owner: 'acme', offline: true, ...options })
}

/** Plans what a project needs, and writes it. */
export async function initialized(dir: string): Promise<Init> {
  const found = await init(dir)
  await writeFiles(dir, found.files)
  return found
}
