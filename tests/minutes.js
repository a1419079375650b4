import { relative, sep } from 'node:path'

/** A jest reporter that prints how long each part of the tests took. A part is a folder under tests/. */
export default class Minutes {
  #parts = new Map()

  onTestFileResult({ path }, { perfStats }) {
    const part = relative(import.meta.dirname, path)
      .split(sep)
      .slice(0, -1)
      .join('/')
    this.#parts.set(part, (this.#parts.get(part) ?? 0) + (perfStats.end - perfStats.start))
  }

  onRunComplete() {
    for (const [part, time] of [...this.#parts].sort()) {
      process.stderr.write(`minutes: ${`tests/${part}`.padEnd(28)} ${(time / 60_000).toFixed(1).padStart(4)}\n`)
    }
  }
}
