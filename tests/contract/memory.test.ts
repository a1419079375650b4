import type { Artifact } from '@slipway/core/artifact'
import type { Clock, Http, HttpRequest } from '@slipway/core/ports'
import type { Probe, Publisher } from '@slipway/core/publisher'
import { type Send, sender } from '@slipway/registries/remote'
import { contract, type Remote, record } from './suite.ts'

/** The smallest possible remote: `PUT /files/<name>` stores a digest, `GET` returns it. */
async function open(): Promise<Remote> {
  const held = new Map<string, { digest: string; visible: number }>()
  const accepted: Record<string, number> = {}
  let time = 0
  let lag = 0
  const answer = (status: number, body = '') => ({ status, headers: {}, body: new TextEncoder().encode(body) })
  const http: Http = async ({ method, url, body }) => {
    const name = new URL(url).pathname.split('/').pop() as string
    const there = held.get(name)
    if (method === 'GET') return there && there.visible <= time ? answer(200, there.digest) : answer(404)
    if (there) return answer(409)
    held.set(name, { digest: new TextDecoder().decode(body as Uint8Array), visible: time + lag })
    accepted[name] = (accepted[name] ?? 0) + 1
    return answer(201)
  }
  return {
    artifacts: ['a', 'b'].map((name) => artifact(name, 'one')),
    altered: artifact('a', 'two'),
    http,
    destinations: (ports) => [{ publisher: new MemoryPublisher(ports) }],
    accepted: async () => ({ ...accepted }),
    lag: async (milliseconds) => {
      lag = milliseconds
    },
    onSleep: (milliseconds) => {
      time += milliseconds
    },
  }
}

const ANSWERS = [200, 201, 404]

class MemoryPublisher implements Publisher {
  readonly name = 'memory'
  readonly target = 'memory'
  readonly #send: Send

  constructor(ports: { http: Http; clock: Clock }) {
    this.#send = sender(ports, { messageOf: () => null })
  }

  verify = async () => []

  checkLogin = async () => 'not verified' as const

  probe(artifacts: readonly Artifact[]): Promise<Probe[]> {
    return Promise.all(
      artifacts.map(async ({ filename, sha256 }): Promise<Probe> => {
        const { status, body } = await this.#send({ method: 'GET', url: `http://memory/files/${filename}` }, ANSWERS)
        if (status === 404) return { state: 'absent' }
        return { state: new TextDecoder().decode(body) === sha256 ? 'same' : 'different' }
      }),
    )
  }

  async publish({ filename, sha256 }: Artifact): Promise<undefined> {
    const body = new TextEncoder().encode(sha256)
    await this.#send({ method: 'PUT', url: `http://memory/files/${filename}`, body }, ANSWERS)
  }
}

function artifact(filename: string, content: string): Artifact {
  return { kind: 'wheel', project: 'p', version: '1.0.0', filename, path: filename, size: 1, sha256: content }
}

const routeOf = ({ method, url }: HttpRequest) => `${method} ${new URL(url).pathname.replace(/[^/]+$/, '*')}`
contract('an in-memory remote', open, await record(open, routeOf), routeOf)
