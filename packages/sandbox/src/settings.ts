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

/** Reads a folder's settings; makes those that it has not. */
export function readSettings(dir: string): Settings {
  const saved = readJson(file(dir)) as Partial<Settings> | null
  const secret = () => randomBytes(24).toString('base64url')
  const ports = Object.fromEntries([...SERVICES, 'control'].map((each) => [each, 0])) as Ports
  const tokens = {
    cargo: `cio${secret()}`,
    pypi: `pypi-${secret()}`,
    testpypi: `pypi-${secret()}`,
    github: `ghs_${secret()}`,
    dockerhub: `dckr_pat_${secret()}`,
    ghcr: `ghp_${secret()}`,
  }
  // An older Slipway's folder lacks the services that are newer.
  return { ports: { ...ports, ...saved?.ports }, tokens: { ...tokens, ...saved?.tokens } }
}

/** Keeps a folder's settings. */
export function writeSettings(dir: string, settings: Settings): void {
  writeWhole(file(dir), JSON.stringify(settings, null, 2))
}
