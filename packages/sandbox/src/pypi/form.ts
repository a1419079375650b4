import { Refusal, type Request } from '../service.ts'
import { metadataFault } from './metadata/faults.ts'
import { type CoreMetadata, metadataOfForm } from './metadata/read.ts'

/** The form of an upload. */
export interface UploadForm {
  /** Returns the first value of a field; undefined if it is missing, empty or `UNKNOWN`. */
  field(name: string): string | undefined
  metadata: CoreMetadata
  filename: string
  content: Buffer
}

/**
 * Returns a refusal in PyPI's form: the message is also the reason phrase; the body is JSON if the client accepts it,
 * else HTML.
 */
export function refusal(request: Request, status: 400 | 403 | 404, message: string): Refusal {
  const title = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found' }[status]
  const code = `${status} ${message}`
  if (request.headers.accept?.includes('application/json')) {
    const body = JSON.stringify({ message, code, title })
    return new Refusal({ status, reason: message, headers: { 'content-type': 'application/json' }, body })
  }
  const text = message.replace(/[&<>]/g, (each) => `&#${each.charCodeAt(0)};`)
  const body = `<html>\n <head>\n  <title>${status} ${text}</title>\n </head>\n <body>\n  <h1>${status} ${text}</h1>\n  ${text}\n </body>\n</html>\n`
  return new Refusal({ status, reason: message, headers: { 'content-type': 'text/html; charset=UTF-8' }, body })
}

/** PyPI's pointer for errors in a field. */
const SEE_METADATA = 'See the core metadata specification for more information.'

/**
 * Reads the form of an upload (PyPA specification "Upload API 1.0", the legacy one; a form without files may be
 * urlencoded) and runs the checks that do not open the file.
 * @throws Refusal 400
 */
export async function readForm(request: Request): Promise<UploadForm> {
  const no = (message: string) => refusal(request, 400, message)
  const type = request.headers['content-type'] ?? ''
  let form: FormData
  try {
    form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData()
  } catch {
    throw no('The upload is not a form.')
  }
  const field = (name: string) => {
    const entry = form.get(name)
    return typeof entry === 'string' && entry !== '' && entry !== 'UNKNOWN' ? entry : undefined
  }
  if (field(':action') !== 'file_upload') throw no("Invalid ':action': only 'file_upload' is supported.")
  if ((field('protocol_version') ?? '1') !== '1') throw no('Unknown protocol version.')
  const name = field('name')
  if (!name) throw no(`'' is an invalid value for Name. Error: This field is required. ${SEE_METADATA}`)
  if (!/^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i.test(name)) {
    const rule = "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'."
    throw no(`'${name}' is an invalid value for Name. Error: ${rule} ${SEE_METADATA}`)
  }
  const filetype = field('filetype')
  if (!filetype) throw no('Invalid value for filetype. Error: This field is required.')
  if (filetype !== 'bdist_wheel' && filetype !== 'sdist') throw no('filetype: Use a known file type.')
  if (filetype === 'sdist' && (field('pyversion') ?? 'source') !== 'source') {
    throw no("Error: Use 'source' as Python version for an sdist.")
  }
  if (filetype === 'bdist_wheel' && !field('pyversion')) {
    throw no('Error: Python version is required for binary distribution uploads.')
  }
  if (!['md5_digest', 'sha256_digest', 'blake2_256_digest'].some(field)) {
    throw no('Error: Include at least one message digest.')
  }
  // PyPI reads the metadata from the form, not from the file.
  const metadata = metadataOfForm(form)
  if (typeof metadata === 'string') throw no(`'${metadata}' has invalid data. ${SEE_METADATA}`)
  const fault = await metadataFault(metadata)
  if (fault) throw no(fault)
  const content = form.get('content')
  if (!content || typeof content === 'string') throw no('Upload payload does not have a file.')
  // The parser gives a part without a type the default of RFC 7578.
  if (!content.type || content.type.startsWith('image/')) throw no('Invalid distribution file.')
  if (/\p{Cc}/u.test(content.name))
    throw no(
      'Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name.',
    )
  if (/[/\\]/.test(content.name)) throw no("Cannot upload a file with '/' or '\\' in the name.")
  return { field, metadata, filename: content.name, content: Buffer.from(await content.arrayBuffer()) }
}
