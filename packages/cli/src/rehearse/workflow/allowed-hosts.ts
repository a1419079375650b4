import type { Ports } from '@slipway/core/ports'
import { PUBLIC } from '@slipway/registries/endpoints'
import { readCargoConfig } from '@slipway/toolchain/cargo-config'
import { bestPython, findPythons } from '@slipway/toolchain/python'
import { INDEX_TIMEOUT_MS } from '../../limits.ts'
import { cargoUpstream } from '../cargo-overlay.ts'

/** Returns the host of an address; empty for other text. */
function hostOf(address: string): string {
  const plain = address.replace(/^sparse\+/, '')
  return URL.canParse(plain) ? new URL(plain).hostname.toLowerCase() : ''
}

/** Returns the hosts that cargo and pip read from in a project, as it and the user configured them. */
export async function readHosts(ports: Ports, project: string): Promise<Set<string>> {
  const [cargo, pip] = await Promise.all([cargoAddresses(ports, project), pipAddresses(ports)])
  // PyPI serves files from a separate host.
  const all = [...cargo, ...pip, PUBLIC.pypi.files]
  return new Set(all.map(hostOf).filter((each) => each !== ''))
}

/**
 * Returns each of cargo's indexes and the address of its files (cargo reference, "Index Format": `dl` of config.json).
 */
async function cargoAddresses(ports: Ports, project: string): Promise<string[]> {
  const { registries } = await readCargoConfig(ports.env, project)
  const indexes = [await cargoUpstream(ports.env, project), ...Object.values(registries)]
  const files = indexes.map(async (index) => {
    const url = `${index.replace(/^sparse\+/, '').replace(/\/?$/, '/')}config.json`
    try {
      const { status, body } = await ports.http({ method: 'GET', url, timeout: INDEX_TIMEOUT_MS })
      const { dl } = JSON.parse(status === 200 ? new TextDecoder().decode(body) : '{}') as { dl?: unknown }
      return typeof dl === 'string' ? [dl] : []
    } catch {
      return []
    }
  })
  return [...indexes, ...(await Promise.all(files)).flat()]
}

/** Returns every address in pip's configuration, and the public index. */
async function pipAddresses(ports: Ports): Promise<string[]> {
  const named = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS'].map((name) => ports.env[name] ?? '')
  const python = bestPython(await findPythons(ports)).path
  const { stdout } = await ports.exec({ argv: [python, '-m', 'pip', 'config', 'list'], cwd: '/' })
  return [PUBLIC.pypi.simple, ...`${named.join(' ')} ${stdout}`.matchAll(/https?:\/\/[^\s'",\]]+/g)].map(String)
}
