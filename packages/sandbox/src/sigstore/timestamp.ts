import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, json, Refusal, type Request } from '../service.ts'
import { writeWhole } from '../store.ts'
import { keyPairOf } from './keys.ts'

/** A timestamp authority, which proves a signature's time where no log does (RFC 3161). */
export interface Timestamping {
  stamp(request: Request): Promise<Answer>
  /**
   * Returns its certificate chains, base64 of DER, signing certificate first: one chain for each start that stamped.
   */
  chains(): string[][]
}

/** Makes the authority, with its key in a folder. Answers come from `@sigstore/mock`. */
export function timestamping(folder: string): Timestamping {
  const file = join(folder, 'timestamp-chains.json')
  const chains = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []) as string[][]
  let opened: Promise<(body: string) => Promise<{ statusCode: number; response: unknown }>> | null = null
  const open = async () => {
    const { initializeTSA, tsaHandler } = await import('@sigstore/mock/dist/timestamp/index.js')
    const authority = await initializeTSA(keyPairOf(folder, 'timestamp'))
    // Each start makes new certificates, and a time stamp names the one that it was made with.
    const chain = [authority.intCertificate, authority.rootCertificate].map((each) => base64(each))
    writeWhole(file, JSON.stringify([...chains(), chain]))
    return tsaHandler(authority).fn
  }
  return {
    chains,
    async stamp(request) {
      opened ??= open()
      const { statusCode, response } = await (await opened)(request.body.toString('utf8'))
      if (statusCode !== 201) throw new Refusal(json(400, { code: 400, message: String(response) }))
      const headers = { 'content-type': 'application/timestamp-reply' }
      return { status: 201, headers, body: response as Buffer, effect: 'time stamped' }
    },
  }
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}
