/**
 * `node scripts/workflows.ts --repository OWNER/NAME --ref COMMIT [--no-queue] [--out DIR]` writes the workflows for servers and
 * runners that do not know `uses: $/…`: it names each action by repository and commit. `--no-queue` also removes `queue: max`.
 * Without `--out`, it changes the workflows in place.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { localized, unqueued } from '@slipway/core/siblings'

async function main(): Promise<void> {
  const source = resolve(import.meta.dirname, '../.github/workflows')
  const { values } = parseArgs({
    options: {
      repository: { type: 'string' },
      ref: { type: 'string' },
      'no-queue': { type: 'boolean', default: false },
      out: { type: 'string', default: source },
    },
  })
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(values.repository ?? '') ?? []
  if (!owner || !name || !/^[0-9a-f]{40}$/.test(values.ref ?? '')) {
    console.error(
      'usage: workflows.ts --repository OWNER/NAME --ref COMMIT [--no-queue] [--out DIR]   (COMMIT: 40 hex digits)',
    )
    process.exitCode = 2
    return
  }
  const out = resolve(values.out)
  await mkdir(out, { recursive: true })
  for (const file of (await readdir(source)).filter((each) => each.endsWith('.yml'))) {
    const text = await readFile(join(source, file), 'utf8')
    const named = localized(text, { owner, name, ref: values.ref as string })
    await writeFile(join(out, file), values['no-queue'] ? unqueued(named) : named)
  }
}

await main()
