import { expect, test } from '@jest/globals'
import { showProgress } from '../../../packages/cli/src/progress.ts'

/** Returns progress on a terminal, with time that passes only on `pass`. */
function shown(live: boolean) {
  let now = 0
  let text = ''
  const timers = new Set<{ act: () => void; every: number; next: number }>()
  const every = (act: () => void, milliseconds: number) => {
    const timer = { act, every: milliseconds, next: now + milliseconds }
    timers.add(timer)
    return () => void timers.delete(timer)
  }
  const write = (more: string) => {
    text += more
  }
  return {
    progress: showProgress({ write, live, color: false, width: Number.POSITIVE_INFINITY }, () => now, every),
    pass(milliseconds: number) {
      const end = now + milliseconds
      for (;;) {
        const timer = [...timers].sort((a, b) => a.next - b.next)[0]
        if (!timer || timer.next > end) break
        now = timer.next
        timer.next += timer.every
        timer.act()
      }
      now = end
    },
    text: () => text,
    timers,
  }
}

test('without a live terminal, a long step writes a line every 30 seconds, with the latest output', async () => {
  const { progress, pass, text, timers } = shown(false)
  await progress.step('build wheels', async () => {
    pass(29_000)
    expect(text()).toBe('')
    progress.detail('   Compiling \u001b[1mpyo3\u001b[0m v0.27.1\n')
    progress.detail('')
    pass(32_000)
    progress.detail('\r 10/90: serde\r 11/90: syn\r')
    pass(30_000)
  })
  await progress.step('inspect', async () => pass(400))
  expect(text().split('\n')).toEqual([
    '…  30.0 s  build wheels Compiling pyo3 v0.27.1',
    '…  60.0 s  build wheels Compiling pyo3 v0.27.1',
    '…  90.0 s  build wheels 11/90: syn',
    '✓  91.0 s  build wheels',
    '✓   0.4 s  inspect',
    '',
  ])
  expect(timers.size).toBe(0)
})

test('a failed step stops its lines, and the next starts without output', async () => {
  const { progress, pass, text, timers } = shown(false)
  const failing = progress.step('package crates', async () => {
    progress.detail('error: could not compile')
    pass(1000)
    throw new Error('no luck')
  })
  await expect(failing).rejects.toThrow('no luck')
  await progress.step('next', async () => pass(30_000))
  expect(text().split('\n')).toEqual(['✗   1.0 s  package crates', '…  30.0 s  next', '✓  30.0 s  next', ''])
  expect(timers.size).toBe(0)
})

test('a live terminal shows one moving line', async () => {
  const { progress, pass, text } = shown(true)
  await progress.step('build wheels', async () => {
    progress.detail('Compiling pyo3')
    pass(200)
  })
  const lines = ['⠋   0.1 s  build wheels Compiling pyo3', '⠙   0.2 s  build wheels Compiling pyo3']
  expect(text()).toBe([...lines, '✓   0.2 s  build wheels\n'].map((each) => `\r\u001b[K${each}`).join(''))
})

/** Starts a step. Returns the function that ends it, with or without success. */
function started(progress: ReturnType<typeof shown>['progress'], name: string) {
  let end: (failure?: Error) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure ? reject(failure) : resolve())
  })
  const step = progress.step(name, () => ended).catch(() => {})
  return (failure?: Error) => {
    end(failure)
    return step
  }
}

test('the lines of steps side by side are in the order of their starts, each with its own time', async () => {
  const { progress, pass, text, timers } = shown(false)
  const crates = started(progress, 'package crates')
  const wheels = started(progress, 'build wheels')
  const assets = started(progress, 'download')
  pass(2000)
  await wheels(new Error('no luck'))
  await assets()
  expect(text()).toBe('')
  progress.detail('Compiling pyo3')
  pass(28_000)
  await crates()
  expect(text().split('\n')).toEqual([
    '…  30.0 s  package crates Compiling pyo3',
    '✓  30.0 s  package crates',
    '✗   2.0 s  build wheels',
    '✓   2.0 s  download',
    '',
  ])
  expect(timers.size).toBe(0)
})

test('a live terminal shows the first of the steps side by side, without mixed output', async () => {
  const { progress, pass, text } = shown(true)
  const crates = started(progress, 'package crates')
  const wheels = started(progress, 'build wheels')
  progress.detail('Compiling pyo3')
  pass(100)
  await crates()
  pass(100)
  await wheels()
  const lines = [
    '⠋   0.1 s  package crates (and 1 more)',
    '✓   0.1 s  package crates\n',
    '⠋   0.2 s  build wheels Compiling pyo3',
    '✓   0.2 s  build wheels\n',
  ]
  expect(text()).toBe(lines.map((each) => `\r\u001b[K${each}`).join(''))
})

test('on a live terminal, the progress of cargo is a bar, with the crate beside it', async () => {
  const { progress, pass, text } = shown(true)
  await progress.step('build wheels', async () => {
    progress.detail('   Compiling pyo3 v0.30.1')
    progress.detail('    Building [=========>        ] 12/24: pyo3, syn')
    pass(100)
    progress.detail('    Finished `release` profile')
    pass(100)
  })
  expect(text().split('\r\u001b[K')).toEqual([
    '',
    '⠋   0.1 s  build wheels ━━━━━━━━━━────────── 12/24 Compiling pyo3 v0.30.1',
    '⠙   0.2 s  build wheels Finished `release` profile',
    '✓   0.2 s  build wheels\n',
  ])
})
