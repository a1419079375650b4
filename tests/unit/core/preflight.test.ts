import { expect, test } from '@jest/globals'
import type { Artifact } from '@slipway/core/artifact'
import type { Effort } from '@slipway/core/patience'
import { movePointer } from '@slipway/core/pointer'
import { preflight } from '@slipway/core/preflight'
import { error, notice, type Problem, ProblemError, warning } from '@slipway/core/problem'
import { publishOnce } from '@slipway/core/publish'
import { type Pointer, type Probe, type Publisher, RemoteError } from '@slipway/core/publisher'
import { testClock } from '../../contract/faults.ts'

const effort: Effort = {
  clock: testClock(),
  log: { info() {}, debug() {}, problem() {} },
  patience: { deadline: 1000, pause: 10, tries: 2 },
}

function artifact(filename: string, kind: Artifact['kind'] = 'wheel'): Artifact {
  return { kind, project: 'p', version: '1.0.0', filename, path: filename, size: 1, sha256: 'aa' }
}

/** A publisher that answers every probe with `state` and records the files that it sends in `acts`. */
function publisher(target: string, state: Probe['state'], changes: Partial<Publisher> = {}) {
  const acts: string[] = []
  const one: Publisher = {
    name: 'test',
    target,
    verify: async () => [],
    checkLogin: async () => 'accepted',
    probe: async (artifacts) => artifacts.map(() => ({ state })),
    publish: async ({ filename }) => {
      acts.push(filename)
    },
    ...changes,
  }
  return { one, acts }
}

const problemsOf = async (run: Promise<unknown>) => {
  const failure = await run.then(
    () => null,
    (cause: unknown) => cause,
  )
  expect(failure).toBeInstanceOf(ProblemError)
  return (failure as ProblemError).problems
}

test('every publisher is probed, and one conflict names every destination', async () => {
  const here = publisher('Here', 'different')
  const there = publisher('There', 'different')
  const free = publisher('Free', 'absent')
  const files = [artifact('a.whl'), artifact('SHA256SUMS', 'asset')]
  const shipments = [here, there, free].map(({ one }) => ({ publisher: one, artifacts: files }))
  const problems = await problemsOf(preflight(shipments, effort))
  expect(problems.map((each) => each.code)).toEqual(['conflict'])
  expect(problems[0]?.message).toContain('a.whl (Here; There)')
  // A list of checksums only differs because the files do.
  expect(problems[0]?.message).not.toContain('SHA256SUMS')
  expect([...here.acts, ...there.acts, ...free.acts]).toEqual([])
})

test('findings of verify and failures of remotes are reported together', async () => {
  const bad = publisher('Bad', 'absent', { verify: async () => [error('token-missing', 'No token.', 'Give one.')] })
  const silent = publisher('Silent', 'absent', {
    probe: () => Promise.reject(new RemoteError('doubtful', 'no answer')),
  })
  const shipments = [bad, silent].map(({ one }) => ({ publisher: one, artifacts: [artifact('a.whl')] }))
  expect((await problemsOf(preflight(shipments, effort))).map((each) => each.code)).toEqual([
    'token-missing',
    'remote-doubtful',
  ])
})

test('a fault of Slipway is not reported as a remote one', async () => {
  const broken = publisher('Broken', 'absent', { probe: () => Promise.reject(new TypeError('oops')) })
  await expect(preflight([{ publisher: broken.one, artifacts: [artifact('a')] }], effort)).rejects.toThrow(TypeError)
})

test('a file that cannot be compared stops the release', async () => {
  const { one, acts } = publisher('Mute', 'unknown')
  const shipment = { publisher: one, artifacts: [artifact('a.whl')] }
  expect((await problemsOf(publishOnce(shipment, effort))).map((each) => each.code)).toEqual(['cannot-compare'])
  expect(acts).toEqual([])
})

test('an equivalent crate counts as already there, with the digest of the remote', async () => {
  const { one, acts } = publisher('crates', 'absent', {
    probe: async () => [{ state: 'equivalent', digest: 'sha256:bb' }],
  })
  const [receipt] = await publishOnce({ publisher: one, artifacts: [artifact('a.crate', 'crate')] }, effort)
  expect(receipt).toMatchObject({ status: 'already there', digest: 'sha256:bb' })
  expect(acts).toEqual([])
})

test('a taken name that is not visible yet is awaited and never sent again', async () => {
  let asked = 0
  const acts: string[] = []
  const { one } = publisher('Late', 'absent', {
    probe: async () => [{ state: ++asked > 3 ? 'same' : 'absent' }],
    publish: ({ filename }) => {
      acts.push(filename)
      return Promise.reject(new RemoteError('taken', 'already uploaded', { status: 400 }))
    },
  })
  const [receipt] = await publishOnce({ publisher: one, artifacts: [artifact('a')] }, effort)
  expect(receipt?.status).toBe('published')
  expect(acts).toEqual(['a'])
})

test('a refusal ends the release with the words of the remote', async () => {
  const { one } = publisher('Strict', 'absent', {
    publish: () => Promise.reject(new RemoteError('refused', 'HTTP 400: no such classifier', { status: 400 })),
  })
  const [problem] = await problemsOf(publishOnce({ publisher: one, artifacts: [artifact('a')] }, effort))
  expect(problem).toMatchObject({ code: 'remote-refused', message: expect.stringContaining('no such classifier') })
})

test('warnings of verify are logged and do not stop the release', async () => {
  const logged: string[] = []
  const log = { ...effort.log, problem: ({ code }: Problem) => void logged.push(code) }
  const careful = publisher('Careful', 'absent', { verify: async () => [warning('large', 'Large.', 'Look.')] })
  const shipments = [{ publisher: careful.one, artifacts: [artifact('a.whl')] }]
  const [surveyed] = await preflight(shipments, { ...effort, log })
  expect([surveyed?.probes, surveyed?.login]).toEqual([[{ state: 'absent' }], 'accepted'])
  expect(logged).toEqual(['large'])
})

/** A pointer that points elsewhere; it may move unless there is a refusal. */
const pointer = (refusal: Problem | null): Pointer => ({
  name: 'latest',
  publisher: 'test',
  target: 'Here',
  read: async () => ({ there: false }),
  mayMove: async () => refusal,
  move: async () => {},
})

test('a refused login stops the release before anything is sent', async () => {
  let asked = 0
  const refused = publisher('Here', 'absent', {
    checkLogin: async () => 'refused',
    probe: async (all) => {
      asked += 1
      return all.map(() => ({ state: 'absent' }))
    },
  })
  const problems = await problemsOf(preflight([{ publisher: refused.one, artifacts: [artifact('a.whl')] }], effort))
  expect(problems.map((each) => each.code)).toEqual(['login-refused'])
  expect([asked, refused.acts]).toEqual([1, []])
})

test('a remote that has everything needs no login', async () => {
  const checkLogin = async (): Promise<never> => {
    throw new Error('asked')
  }
  const complete = publisher('Complete', 'same', { checkLogin })
  const [surveyed] = await preflight([{ publisher: complete.one, artifacts: [artifact('a.whl')] }], effort)
  expect([surveyed?.login, surveyed?.probes[0]?.state]).toEqual([null, 'same'])
})

test('a conflict in the middle of a step gives the number of files sent before', async () => {
  const stored = new Map<string, Probe['state']>()
  const racing = publisher('Here', 'absent', {
    probe: async (all) => all.map(({ filename }) => ({ state: stored.get(filename) ?? 'absent' })),
    publish: async ({ filename }) => {
      // Somebody else's second file arrives first.
      stored.set(filename, filename === 'a.whl' ? 'same' : 'different')
      if (filename !== 'a.whl') throw new RemoteError('taken', 'already uploaded', { status: 400 })
    },
  })
  const shipment = { publisher: racing.one, artifacts: [artifact('a.whl'), artifact('b.whl')] }
  const [problem] = await problemsOf(publishOnce(shipment, effort))
  expect(problem).toMatchObject({ code: 'conflict', message: expect.stringContaining('b.whl') })
  expect(problem?.message).toContain('This step has sent 1 file before.')
})

test('a pointer that must not move is reported before anything is written', async () => {
  const taken = pointer(error('image-tag-taken', 'Taken.', 'Look.'))
  const here = publisher('Here', 'absent')
  const shipment = { publisher: here.one, artifacts: [artifact('a.whl')], pointers: [taken] }
  expect((await problemsOf(preflight([shipment], effort))).map((each) => each.code)).toEqual(['image-tag-taken'])
  const stays = { ...shipment, pointers: [pointer(notice('image-tag-stays', 'It stays.', 'Nothing.'))] }
  const [surveyed] = await preflight([stays], effort)
  expect(surveyed?.pointers.map((each) => each.reason)).toEqual(['It stays.'])
})

test('files of another step need no login, and without access they are not reported as absent', async () => {
  const denied = () => Promise.reject(new RemoteError('denied', 'HTTP 401'))
  const verify = async () => [error('token-missing', 'No token.', 'Give one.')]
  const hidden = publisher('Hidden', 'absent', { verify, checkLogin: denied, probe: denied })
  const shipment = { publisher: hidden.one, artifacts: [artifact('a.whl')], isForeign: true }
  const [surveyed] = await preflight([shipment], effort)
  expect(surveyed?.probes.map((each) => each.state)).toEqual(['not visible'])
  const own = await problemsOf(preflight([{ ...shipment, isForeign: false }], effort))
  expect(own.map((each) => each.code)).toEqual(['token-missing'])
})

test('a different draft is not a conflict with published files, and stale files are replaced', async () => {
  const draft: Probe = { state: 'different', draft: true }
  const here = publisher('Here', 'absent', { probe: async (all) => all.map(() => draft) })
  const shipment = { publisher: here.one, artifacts: [artifact('a.whl')] }
  const problems = await problemsOf(preflight([shipment], effort))
  expect(problems.map((each) => each.code)).toEqual(['draft-differs'])
  expect(problems[0]?.message).toContain('This step has sent nothing.')
  let state: Probe['state'] = 'stale'
  const stale = publisher('Here', 'stale', {
    probe: async (all) => all.map(() => ({ state })),
    publish: async () => {
      state = 'same'
    },
  })
  const receipts = await publishOnce({ publisher: stale.one, artifacts: [artifact('a.whl')] }, effort)
  expect(receipts.map((each) => each.status)).toEqual(['published'])
})

test('a remote that asks to wait beyond the deadline is reported, without another request', async () => {
  let asked = 0
  const { one, acts } = publisher('Busy', 'absent', {
    probe: () => {
      asked += 1
      return Promise.reject(new RemoteError('limited', 'HTTP 429', { status: 429, retryAfter: 60_000 }))
    },
  })
  const shipment = { publisher: one, artifacts: [artifact('a.whl')] }
  for (const act of [() => preflight([shipment], effort), () => publishOnce(shipment, effort)]) {
    expect((await problemsOf(act())).map((each) => each.code)).toEqual(['remote-limited'])
  }
  expect([asked, acts]).toEqual([2, []])
})

test('a pointer with a taken name that still points elsewhere is moved only once', async () => {
  let moved = 0
  const taken: Pointer = {
    ...pointer(null),
    move: () => {
      moved += 1
      return Promise.reject(new RemoteError('taken', 'HTTP 422: already_exists', { status: 422 }))
    },
  }
  expect((await problemsOf(movePointer(taken, effort))).map((each) => each.code)).toEqual(['remote-taken'])
  expect(moved).toBe(1)
})
