import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A simulation of the Blob service: the requests that are used, with its rules for signatures, blocks and pages of a listing. */
export interface AzureBlobServer {
  /** `azure:` and the URL of the container. */
  readonly place: string
  readonly account: string
  readonly key: string
  readonly sas: string
  readonly blobs: Map<string, { bytes: Buffer; modifiedAt: Date }>
  /** Answers to give instead, one for each request. */
  readonly refusals: number[]
  close(): void
}

const PAGE = 3

export async function startAzureBlobServer(): Promise<AzureBlobServer> {
  const account = 'siteaccount'
  const key = Buffer.alloc(64, 7).toString('base64')
  const sas = 'sv=2021-12-02&sp=rwdl&sig=c2lnbmF0dXJl%2Bof%2FSAS='
  const blobs: AzureBlobServer['blobs'] = new Map()
  const blocks = new Map<string, Map<string, Buffer>>()
  const refusals: number[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const url = new URL(request.url ?? '', 'http://x')
    const refusal = refusals.shift()
    if (refusal !== undefined) return void answer(response, refusal, '', { 'x-ms-error-code': 'ServerBusy' })
    const isAllowed =
      url.searchParams.get('sig') === new URLSearchParams(sas).get('sig') || isSharedKey(request, url, account, key)
    if (!isAllowed) return void answer(response, 403, '', { 'x-ms-error-code': 'AuthenticationFailed' })
    const name = decodeURIComponent(url.pathname.replace(/^\/backups\/?/, ''))
    const comp = url.searchParams.get('comp')
    if (request.method === 'GET' && comp === 'list') return void answer(response, 200, listing(blobs, url))
    if (request.method === 'PUT' && comp === 'block') {
      const ofBlob = blocks.get(name) ?? new Map<string, Buffer>()
      blocks.set(name, ofBlob.set(url.searchParams.get('blockid') ?? '', body))
      return void answer(response, 201, '')
    }
    if (request.method === 'PUT' && comp === 'blocklist') {
      const ids = [...body.toString().matchAll(/<Latest>([^<]+)</g)].map(([, id]) => id)
      const found = ids.map((id) => blocks.get(name)?.get(id))
      if (found.includes(undefined)) return void answer(response, 400, '', { 'x-ms-error-code': 'InvalidBlockList' })
      blobs.set(name, { bytes: Buffer.concat(found as Buffer[]), modifiedAt: new Date() })
      return void answer(response, 201, '')
    }
    if (request.method === 'PUT') {
      if (request.headers['x-ms-blob-type'] !== 'BlockBlob') return void answer(response, 400, '')
      blobs.set(name, { bytes: body, modifiedAt: new Date() })
      return void answer(response, 201, '')
    }
    const blob = blobs.get(name)
    if (blob === undefined) return void answer(response, 404, '', { 'x-ms-error-code': 'BlobNotFound' })
    if (request.method === 'DELETE') blobs.delete(name)
    return void answer(response, request.method === 'DELETE' ? 202 : 200, request.method === 'GET' ? blob.bytes : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const place = `azure:http://127.0.0.1:${port}/backups`
  return { place, account, key, sas, blobs, refusals, close: () => void server.close() }
}

function answer(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers).end(body)
}

function listing(blobs: AzureBlobServer['blobs'], url: URL): string {
  const prefix = url.searchParams.get('prefix') ?? ''
  const names = [...blobs.keys()].filter((name) => name.startsWith(prefix)).sort()
  const start = Number(url.searchParams.get('marker') ?? 0)
  const shown = names.slice(start, start + PAGE).map((name) => {
    const { bytes, modifiedAt } = blobs.get(name) ?? { bytes: Buffer.alloc(0), modifiedAt: new Date(0) }
    return `<Blob><Name>${name.replaceAll('&', '&amp;')}</Name><Properties><Last-Modified>${modifiedAt.toUTCString()}</Last-Modified><Content-Length>${bytes.length}</Content-Length></Properties></Blob>`
  })
  const next = start + PAGE < names.length ? String(start + PAGE) : ''
  return `<?xml version="1.0"?><EnumerationResults><Blobs>${shown.join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`
}

/** The signature computed anew from the request as it came over the wire. */
function isSharedKey(request: IncomingMessage, url: URL, account: string, key: string): boolean {
  const header = (name: string): string => String(request.headers[name] ?? '')
  const length = header('content-length')
  const standard =
    'content-encoding content-language content-length content-md5 content-type date if-modified-since if-match if-none-match if-unmodified-since range'
  const values = standard.split(' ').map((name) => (name === 'content-length' && length === '0' ? '' : header(name)))
  const own = Object.keys(request.headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${header(name)}\n`)
    .join('')
  const words = [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `\n${name}:${value}`)
  const text = `${request.method}\n${values.join('\n')}\n${own}/${account}${url.pathname}${words.join('')}`
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
  const isFresh = Math.abs(Date.parse(header('x-ms-date')) - Date.now()) < 15 * 60_000
  return isFresh && header('authorization') === `SharedKey ${account}:${signature}`
}
