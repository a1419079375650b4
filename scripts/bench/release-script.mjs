// The least that makes a GitHub release: `node release-script.mjs API REPOSITORY TAG PARALLEL FILE...`, with TOKEN.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

const [api, repository, tag, parallel, ...files] = process.argv.slice(2)
const headers = { authorization: `Bearer ${process.env.TOKEN}`, 'x-github-api-version': '2022-11-28' }

async function call(method, url, body, more = {}) {
  const response = await fetch(url, { method, body, headers: { ...headers, ...more } })
  const text = await response.text()
  if (!response.ok && response.status !== 404) throw new Error(`${method} ${url}: ${response.status} ${text}`)
  return JSON.parse(text)
}

const releases = `${api}/repos/${repository}/releases`
await call('GET', `${releases}/tags/${tag}`)
const draft = await call('POST', releases, JSON.stringify({ tag_name: tag, name: tag, draft: true }))
const upload = draft.upload_url.replace(/\{.*/, '')
const left = [...files]
const worker = async () => {
  for (let file = left.shift(); file !== undefined; file = left.shift()) {
    const type = { 'content-type': 'application/octet-stream' }
    await call('POST', `${upload}?name=${encodeURIComponent(basename(file))}`, await readFile(file), type)
  }
}
await Promise.all(Array.from({ length: Number(parallel) }, worker))
await call('PATCH', draft.url, JSON.stringify({ draft: false }))
