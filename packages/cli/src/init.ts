import { resolve } from 'node:path'
import type { Ports } from '@slipway/core/ports'
import { type Init, planInit } from '@slipway/release/init/init'
import { type InitFile, writeFiles } from '@slipway/release/init/write'
import { originOf } from '@slipway/release/readiness/readiness'
import { processPorts } from './ports.ts'
import { showProblems } from './problems.ts'
import { slipwayFolder } from './rehearse/workflow/slipway.ts'
import { columns, paint, plain, type Terminal, terminalOf } from './terminal.ts'
import { showForms } from './trust.ts'

/** Runs `slipway init`. */
export async function run(
  [folder = '.']: string[],
  options: { 'dry-run'?: boolean; tag?: string; offline?: boolean; json?: boolean },
): Promise<number> {
  const ports = processPorts({ info() {}, debug() {}, problem() {} })
  const dir = resolve(folder)
  const { 'dry-run': isDry = false, json, ...how } = options
  const init = await planInit(ports, dir, { ...how, owner: await ownerOfSlipway(ports) })
  if (!isDry) await writeFiles(dir, init.files)
  if (json) process.stdout.write(`${JSON.stringify(init, null, 2)}\n`)
  else show(terminalOf(process.stdout, process.env), init, isDry)
  return 0
}

/** Returns the owner of the repository on GitHub that this copy of Slipway is a clone of; null if it is none. */
async function ownerOfSlipway(ports: Ports): Promise<string | null> {
  const copy = slipwayFolder()
  const [owner = null, name] = (copy === null ? null : await originOf(ports, copy))?.split('/') ?? []
  return name === 'slipway' ? owner : null
}

const LOGINS = { token: 'tokens', identity: 'trusted publishing' }

function show(terminal: Terminal, init: Init, isDry: boolean): void {
  const { found, login, assumed, steps, files, byHand, logins, problems } = init
  const rows = found.map(({ what, to, why }) => [what, to || 'not published', why])
  terminal.write(columns(terminal, [['found', 'destination', 'why'], ...rows]))
  terminal.write('\n')
  if (!files.some((each) => each.state === 'kept' && each.file.endsWith('.yml')))
    terminal.write(`Login: ${LOGINS[login.kind]}, because ${plain(login.why)}.\n`)
  for (const each of assumed) terminal.write(`${plain(each)}\n`)
  if (steps.length > 0) {
    const old = steps.map(({ where: { file, line }, what, becomes, how }) => {
      return [
        `${file.replace(/^.*\.github\/workflows\//, '')}:${line}`,
        what,
        becomes === 'yours' ? 'stays yours' : becomes,
        how,
      ]
    })
    terminal.write(`\n${columns(terminal, [['old step', '', 'becomes', ''], ...old])}`)
  }
  terminal.write('\n')
  for (const each of files) terminal.write(describeFile(terminal, each, isDry))
  if (files.every((each) => each.state !== 'new')) terminal.write('Nothing to change.\n')
  if (byHand.steps.length > 0) terminal.write('\nLeft to do by hand:\n')
  for (const each of byHand.steps) terminal.write(`- ${plain(each)}\n`)
  showForms(terminal, logins)
  if (problems.length > 0) terminal.write('\n')
  showProblems(terminal, problems)
  const [{ file = '' } = {}] = files
  terminal.write(
    `\nNext: commit the files, rehearse them (\`slipway rehearse --workflow ${plain(file)}\`), and push ${plain(init.tag)}.\n`,
  )
}

/** Describes what happens to a file, with its text if it would be written. */
function describeFile(terminal: Terminal, { file, text, state }: InitFile, isDry: boolean): string {
  const name = paint(terminal, 'bold', plain(file))
  if (state === 'same') return `${name} is up to date.\n`
  if (state === 'kept') return `${name} exists and stays as it is.\n`
  return isDry ? `Would write ${name}:\n\n${plain(text)}\n` : `Wrote ${name}.\n`
}
