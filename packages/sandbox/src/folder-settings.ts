import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { LOCAL_REMOTES, type RemoteName, SERVICES } from './remotes.ts'
import { readJson, writeWhole } from './store.ts'

/** Settings that stay the same for a folder across starts. */
export interface Settings {
  /** The port of each service and of the control service; 0 if it has had none yet. */
  ports: Record<string, number>
  /** Random tokens, made once per folder. */
  tokens: Record<RemoteName, string>
}

const file = (dir: string) => join(dir, 'services.json')

/** Reads a folder's settings and adds missing ones. */
export function readSettings(dir: string): Settings {
  const saved = readJson(file(dir)) as Partial<Settings> | null
  const ports = Object.fromEntries([...SERVICES, 'control'].map((each) => [each, 0]))
  const tokens = Object.fromEntries(
    Object.entries(LOCAL_REMOTES).map(([name, { tokenPrefix }]) => {
      return [name, tokenPrefix + randomBytes(24).toString('base64url')]
    }),
  ) as Settings['tokens']
  // The folder of an older Slipway has no entries for newer services.
  return { ports: { ...ports, ...saved?.ports }, tokens: { ...tokens, ...saved?.tokens } }
}

/** Writes a folder's settings. */
export function writeSettings(dir: string, settings: Settings): void {
  writeWhole(file(dir), JSON.stringify(settings, null, 2))
}
