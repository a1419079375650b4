import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SERVICES, type ServiceName } from './service.ts'
import { readJson, writeWhole } from './store.ts'

/** A port of each service, and of the control service. */
export type Ports = Record<ServiceName | 'control', number>

/** What stays the same each time a folder's sandbox is started. */
export interface Settings {
  /** 0 for a service that has had none yet. */
  ports: Ports
  /** Random, made once for the folder. The uploads of GitHub take GitHub's. */
  tokens: Record<Exclude<ServiceName, 'uploads'>, string>
}

const file = (dir: string) => join(dir, 'services.json')

/** Reads a folder's settings, or makes new ones. */
export function readSettings(dir: string): Settings {
  const saved = readJson(file(dir)) as Settings | null
  if (saved) return saved
  const secret = () => randomBytes(24).toString('base64url')
  const ports = Object.fromEntries([...SERVICES, 'control'].map((each) => [each, 0])) as Ports
  return {
    ports,
    tokens: { cargo: secret(), pypi: `pypi-${secret()}`, testpypi: `pypi-${secret()}`, github: `ghs_${secret()}` },
  }
}

/** Keeps a folder's settings. */
export function writeSettings(dir: string, settings: Settings): void {
  writeWhole(file(dir), JSON.stringify(settings, null, 2))
}
