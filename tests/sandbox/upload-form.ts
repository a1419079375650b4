import { createHash } from 'node:crypto'
import { expect } from '@jest/globals'
import type { Made, Tested } from './harness.ts'

/** A distribution to upload. */
export type Distribution = { filename: string; bytes: Uint8Array }

/** Fields with another name in forms than in the core metadata. */
const PLURAL = new Set(['classifier', 'project_url'])

/** Returns the form of an upload, as a good client fills it in. */
export function form(made: Made, file: Distribution, more: Record<string, string | null> = {}): FormData {
  const wheel = file.filename.endsWith('.whl')
  const fields: Record<string, string | null> = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name: made.name,
    version: made.version,
    filetype: wheel ? 'bdist_wheel' : 'sdist',
    pyversion: wheel ? (file.filename.split('-').at(-3) ?? '') : 'source',
    sha256_digest: createHash('sha256').update(file.bytes).digest('hex'),
    ...more,
  }
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) if (value !== null) data.append(name, value)
  for (const line of made.metadata ?? []) {
    const [header = '', ...rest] = line.split(':')
    const name = header.toLowerCase().replaceAll('-', '_')
    data.append(PLURAL.has(name) ? `${name}s` : name, rest.join(':').trim())
  }
  data.append('content', new File([new Uint8Array(file.bytes)], file.filename, { type: 'application/octet-stream' }))
  return data
}

/** Uploads a file; returns the status and the message for a client that accepts JSON. */
export async function upload(sandbox: Tested, body: FormData, token = sandbox.pypi.token): Promise<[number, string]> {
  const response = await fetch(sandbox.pypi.upload, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`__token__:${token}`)}`, accept: 'application/json' },
    body,
  })
  const text = await response.text()
  if (response.status === 200) return [200, text]
  const { message, code, title } = JSON.parse(text) as { message: string; code: string; title: string }
  expect([code, title]).toEqual([
    `${response.status} ${message}`,
    response.status === 403 ? 'Forbidden' : 'Bad Request',
  ])
  return [response.status, message]
}
