import { randomUUID } from 'node:crypto'

/** A multipart body, and the content type with its boundary. */
export interface Multipart {
  type: string
  body: Blob
}

/** Quotes a field or file name like browsers do (WHATWG HTML, "multipart/form-data", escaping). */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`
}

/**
 * Encodes a form with one file (RFC 7578). Unlike FormData, which turns line ends into CRLF, it keeps values unchanged:
 * a description must be compared and rendered as its author wrote it.
 */
export function multipart(
  fields: readonly (readonly [name: string, value: string])[],
  file: { field: string; filename: string; content: Blob },
): Multipart {
  const boundary = `slipway-${randomUUID()}`
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}\r\n\r\n${value}\r\n`,
  )
  const head = `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(file.field)}; filename=${quoted(file.filename)}\r\nContent-Type: application/octet-stream\r\n\r\n`
  // A Blob of a file is read while it is sent.
  const body = new Blob([parts.join('') + head, file.content, `\r\n--${boundary}--\r\n`])
  return { type: `multipart/form-data; boundary=${boundary}`, body }
}
