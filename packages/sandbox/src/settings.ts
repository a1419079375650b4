import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { LOCAL_REMOTES, type RemoteName, SERVICES } from './remotes.ts'
import { readJson, writeWhole } from './store.ts'

/** What stays the same each time a folder's sandbox is started. */
export interface Settings {
  /** A port of each service, and of the control service; 0 for one that has had none yet. */
  ports: Record<string, number>
  /** Random, made once for the folder. */
  tokens: Record<RemoteName, string>
}

const file = (dir: string) => join(dir, 'services.json')

/** Reads a folder's settings; makes those that it has not. */
export function readSettings(dir: string): Settings {
  const saved = readJson(file(dir)) as Partial<Settings> | null
  const ports = Object.fromEntries([...SERVICES, 'control'].map((each) => [each, 0]))
  const tokens = Object.fromEntries(
    Object.entries(LOCAL_REMOTES).map(([name, { tokenPrefix }]) => {
      return [name, tokenPrefix + randomBytes(24).toString('base64url')]
    }),
  ) as Settings['tokens']
  // An older Slipway's folder lacks the services that are newer.
  return { ports: { ...ports, ...saved?.ports }, tokens: { ...tokens, ...saved?.tokens } }
}

/** Keeps a folder's settings. */
export function writeSettings(dir: string, settings: Settings): void {
  writeWhole(file(dir), JSON.stringify(settings, null, 2))
}
