import { type Answer, serve } from './serve.ts'

/** An entry of the cache. */
interface Entry {
  key: string
  version: string
  blob: Buffer
  isComplete: boolean
}

/** GitHub's cache service, version 2: Twirp with the names of Protocol Buffers (@actions/cache 6), and Azure's "Put Blob". */
export interface CacheService {
  env: Record<string, string>
  /** The keys of its complete entries. */
  keys(): string[]
  /** The methods that were called. */
  called: string[]
  /** Answers everything with this status from now on; null to work again. */
  failWith(status: number | null): void
}

const TOKEN = 'runtime-token-of-this-job'

/** Starts the service until the end of the test. */
export async function cacheService(): Promise<CacheService> {
  const entries: Entry[] = []
  const called: string[] = []
  let failure: number | null = null
  let base = ''
  const address = (entry: Entry) => `${base}/blob/${entries.indexOf(entry)}?sig=secret-of-the-blob`
  const methods: Record<string, (body: Record<string, string> & { restore_keys?: string[] }) => unknown> = {
    GetCacheEntryDownloadURL({ key = '', restore_keys = [], version }) {
      const usable = entries.filter((each) => each.isComplete && each.version === version)
      const found = [key, ...restore_keys].flatMap((wanted, index) =>
        usable.filter((each) => (index === 0 ? each.key === wanted : each.key.startsWith(wanted))).slice(-1),
      )[0]
      return found ? { ok: true, signed_download_url: address(found), matched_key: found.key } : { ok: false }
    },
    CreateCacheEntry({ key = '', version = '' }) {
      if (entries.some((each) => each.key === key && each.version === version))
        return { ok: false, message: 'cache already exists' }
      const entry = { key, version, blob: Buffer.alloc(0), isComplete: false }
      entries.push(entry)
      return { ok: true, signed_upload_url: address(entry) }
    },
    FinalizeCacheEntryUpload({ key, version, size_bytes }) {
      const entry = entries.find((each) => each.key === key && each.version === version)
      if (!entry || entry.blob.length !== Number(size_bytes)) return { ok: false, message: 'the size differs' }
      entry.isComplete = true
      return { ok: true, entry_id: String(entries.indexOf(entry) + 1) }
    },
  }
  const answer: Answer = ({ url = '', method, headers }, body, response) => {
    const [, name = ''] = /^\/twirp\/github\.actions\.results\.api\.v1\.CacheService\/(\w+)$/.exec(url) ?? []
    if (name !== '') called.push(name)
    if (failure !== null) return response.writeHead(failure).end()
    const act = methods[name]
    if (act) {
      if (headers.authorization !== `Bearer ${TOKEN}`) return response.writeHead(401).end()
      response.setHeader('content-type', 'application/json')
      return response.end(JSON.stringify(act(JSON.parse(body.toString()))))
    }
    const entry = entries[Number(/^\/blob\/(\d+)\?sig=secret-of-the-blob(?:&|$)/.exec(url)?.[1] ?? Number.NaN)]
    if (!entry) return response.writeHead(404).end()
    if (method === 'PUT') {
      // Azure refuses a blob without its type.
      if (headers['x-ms-blob-type'] !== 'BlockBlob') return response.writeHead(400).end()
      entry.blob = body
      return response.writeHead(201).end()
    }
    return response.end(entry.blob)
  }
  base = await serve(answer)
  return {
    env: { ACTIONS_RESULTS_URL: `${base}/`, ACTIONS_RUNTIME_TOKEN: TOKEN, ACTIONS_CACHE_SERVICE_V2: 'true' },
    keys: () => entries.filter((each) => each.isComplete).map((each) => each.key),
    called,
    failWith: (status) => {
      failure = status
    },
  }
}
