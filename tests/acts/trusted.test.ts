import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { trustJobs } from '../../packages/cli/src/rehearse/workflow/publishers.ts'
import { ROOT } from '../rehearsal/example.ts'
import { temporaryFolder } from '../sandbox/harness.ts'
import { needs } from '../tools.ts'
import { SMALL, smallWorkspace } from './project.ts'
import { bytesSent, expectGood, expectReleased, expectWrittenByAct } from './proof.ts'
import { expectNowhere, recordedPrograms, tokensSent } from './tokens.ts'
import { machine, type Ran, type World, world } from './world.ts'

const test = needs('act', 'cargo', 'python3')

/** What crates.io and PyPI grant, and what a job requests ID tokens by or gets. */
const TOKEN = /cio_tp_\w{16,}|pypi-[\w-]{32,}|eyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]+/g

/** A build script, and a build backend, that record what they can see of the environment of themselves and their parents. */
function spies(seen: string): Record<string, string> {
  return {
    'core/build.rs': `use std::{env, fs, process};
fn main() {
    let own: Vec<String> = env::vars().map(|(k, v)| format!("{k}={v}")).collect();
    let mut all = own.join("\\n");
    let mut pid = process::id().to_string();
    while pid != "0" && !pid.is_empty() {
        all.push_str(&fs::read_to_string(format!("/proc/{pid}/environ")).unwrap_or_default());
        all.push_str(&fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default());
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let rest = stat.rsplit(')').next().unwrap_or("").to_string();
        pid = rest.split_whitespace().nth(1).unwrap_or("0").to_string();
    }
    fs::write(format!("${seen}/rust-{}", process::id()), all).unwrap();
}
`,
    'python/setup.py': `import os, pathlib
from setuptools import setup
seen, pid = [repr(dict(os.environ))], os.getpid()
while pid > 0:
    for each in ("environ", "cmdline"):
        try:
            seen.append(pathlib.Path(f"/proc/{pid}/{each}").read_text(errors="replace"))
        except OSError:
            pass
    pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
pathlib.Path(f"${seen}/python-{os.getpid()}").write_text("\\n".join(seen))
setup()
`,
  }
}

/** The text of every file in a folder, and below. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((each) => join(folder, each))
    .filter((each) => statSync(each).isFile())
    .map((each) => readFileSync(each, 'latin1'))
}

async function small(more: Record<string, string> = {}, ports = machine()): Promise<World> {
  const dir = await smallWorkspace(ports)
  for (const [name, text] of Object.entries(more)) {
    await mkdir(join(dir, name, '..'), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  return trusting(await world(dir, ports))
}

/** Pushes the release of a world to its GitHub, and registers the publishers that its workflow needs. */
async function trusting(at: World): Promise<World> {
  await at.push()
  const { description } = at.recorder
  const told = await trustJobs(at.ports, at.copy, { description, repository: at.repository })
  const hasCrates = at.copy.plan.crates.some((each) => each.publish === true)
  expect(told.map((each) => each.code)).toEqual(hasCrates ? ['crate-first-version'] : [])
  return at
}

const exchanges = ({ requests }: Ran) =>
  requests
    .filter((each) => each.path === '/api/v1/trusted_publishing/tokens')
    .map((each) => `${each.method} ${each.status}`)

/**
 * Releases the small workspace with spies in its builds. Expects that no token that registries were sent is in what the
 * spies saw, in a file that is left, or in the arguments of a program.
 */
async function watchedRelease(caller: string): Promise<{ at: World; ran: Ran; tokens: string[] }> {
  const [seen, temporary, cache] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
  const programs = recordedPrograms(machine().env.PATH ?? '', 'git', 'cargo', 'rustc')
  const more = { PATH: programs.path, TMPDIR: temporary, SLIPWAY_CACHE_DIR: cache }
  const at = await small(spies(seen), machine(more))
  const ran = await at.run({ caller })
  expectGood(ran)
  await expectReleased(at, SMALL)
  await expectWrittenByAct(at)

  const tokens = tokensSent(at)
  const spied = textsIn(seen)
  expect(spied.length).toBeGreaterThan(2)
  for (const each of spied) {
    expect(each).toContain('GITHUB_REPOSITORY')
    expect(each.match(TOKEN)?.filter((token) => token !== runtimeToken(each)) ?? []).toEqual([])
    expect(tokens.filter((token) => each.includes(token))).toEqual([])
    expect(each).not.toContain('ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  }
  // Logs, summaries, workspaces, homes, then artifacts, and caches.
  const work = join(at.copy.work, 'workflow')
  expect(readFileSync(join(work, 'attempt-1', 'log.txt'), 'utf8')).toContain('publish-crate')
  // The file of secrets is act's own input.
  await rm(join(work, 'attempt-1', 'secrets'))
  await expectNowhere(tokens, [work, join(at.sandbox.dir, 'actions'), temporary, cache])
  expect(programs.lines()).toContainEqual(expect.stringMatching(/^cargo .*package/))
  for (const each of programs.lines()) expect(tokens.filter((token) => each.includes(token))).toEqual([])
  return { at, ran, tokens }
}

test('the template with trusted publishing releases without a secret, and no code of the project sees a token', async () => {
  const { at, ran, tokens } = await watchedRelease('trusted')
  for (const form of [/^cio_tp_/, /^pypi-/, /^eyJ/]) expect(tokens).toContainEqual(expect.stringMatching(form))
  // Checked in both jobs before anything is sent, then used; each is given back.
  expect(exchanges(ran)).toEqual(['POST 200', 'DELETE 204', 'POST 200', 'DELETE 204', 'POST 200', 'DELETE 204'])

  const again = await at.run({ caller: 'trusted', number: 2 })
  expectGood(again)
  expect(bytesSent(again.requests)).toBe(0)
})

/** The token by which a job hands files to others, which every step of a job on GitHub has. */
function runtimeToken(text: string): string {
  return /ACTIONS_RUNTIME_TOKEN['"]?[=:] ?['"]?([\w.-]+)/.exec(text)?.[1] ?? ''
}

test('the template with tokens keeps them from the code of the project as well', async () => {
  const { at, tokens } = await watchedRelease('release')
  const { cargo, pypi, testpypi } = at.sandbox
  expect(tokens.sort()).toEqual([cargo.token, pypi.token, testpypi.token].sort())
})

test('a release that fails halfway gives its token back, and a run with new ones finishes it', async () => {
  const at = await small()
  const refused = { kind: 'status' as const, status: 400, body: '{"errors":[{"detail":"out of order"}]}' }
  await at.sandbox.steer.setFault({
    service: 'cargo',
    method: 'PUT',
    path: '/api/v1/crates/new',
    times: 1,
    fault: refused,
  })
  const first = await at.run({ caller: 'trusted' })
  expect(first.code).not.toBe(0)
  expect(exchanges(first)).toEqual(['POST 200', 'DELETE 204', 'POST 200', 'DELETE 204', 'POST 200', 'DELETE 204'])

  // The token of the second try expires in the middle.
  const expired = (body: string) => ({ kind: 'status' as const, status: 403, body })
  const pypi = expired('{"message":"Invalid or non-existent authentication information."}')
  await at.sandbox.steer.setFault({ service: 'pypi', method: 'POST', path: '/legacy/', times: 1, skip: 1, fault: pypi })
  const second = await at.run({ caller: 'trusted', number: 2 })
  expectGood(second)
  await expectReleased(at, SMALL)
  await expectWrittenByAct(at)
  expect(exchanges(second).filter((each) => each === 'POST 200')).toHaveLength(3)
})

const EXAMPLES: [name: string, files: { crates: string[]; packages: string[] }][] = [
  [
    'nuster',
    {
      crates: [],
      packages: ['nusterdb-0.1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl', 'nusterdb-0.1.0.tar.gz'],
    },
  ],
  [
    'metatron',
    {
      crates: ['metatron-qso-0.1.0.crate'],
      packages: [
        'metatron_qso-0.1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        'metatron_qso-0.1.0.tar.gz',
      ],
    },
  ],
]

// Docker Hub has no login without a secret, so metatron's image is left out.
test.each(EXAMPLES)('the template with trusted publishing releases %s without a secret', async (name, files) => {
  const at = await trusting(await world(join(ROOT, 'examples', name)))
  const ran = await at.run({ caller: 'trusted' })
  expectGood(ran)
  await expectReleased(at, files)
  await expectWrittenByAct(at)
  await expectNowhere(tokensSent(at), [join(at.copy.work, 'workflow', 'attempt-1'), join(at.sandbox.dir, 'actions')])
})
