import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { afterAll, beforeAll } from 'vitest'
import { type IssuedCertificate, issueCertificate } from '../../src/tls/certificates.ts'

/** An HTTPS server of this machine with an authority of its own, that answers as a test says. */
export interface SecretServer {
  readonly base: string
  readonly ca: string
  readonly authority: IssuedCertificate
  /** Method and path of every request. */
  readonly asked: string[]
  answer: RequestListener
}

export function secretServer(): SecretServer {
  const place = { base: '', ca: '', asked: [] as string[], answer: says(404, {}) } as {
    -readonly [Key in keyof SecretServer]: SecretServer[Key]
  }
  let close = () => {}
  beforeAll(async () => {
    const life = { notBefore: new Date(Date.now() - 1e6), notAfter: new Date(Date.now() + 1e9) }
    place.authority = await issueCertificate({ name: 'ca', hosts: [], purpose: 'authority', ...life, issuer: null })
    const pair = await issueCertificate({
      name: 'localhost',
      hosts: ['localhost'],
      purpose: 'server',
      ...life,
      issuer: place.authority,
    })
    place.ca = place.authority.certificatePem
    const server = createServer({ cert: pair.certificatePem, key: pair.keyPem.reveal() }, (request, response) => {
      place.asked.push(`${request.method} ${request.url}`)
      place.answer(request, response)
    }).listen(0, 'localhost')
    await once(server, 'listening')
    place.base = `https://localhost:${(server.address() as { port: number }).port}`
    close = () => server.close()
  })
  afterAll(() => close())
  return place
}

/** Always the same answer. */
export function says(status: number, body: unknown, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => send(response, status, body, headers)
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += part
  return text
}

/** Whether the request bears the signature of this key over its body, method, host and headers (Signature Version 4, computed anew). */
export function isSigned(request: IncomingMessage, body: string, secretAccessKey: string): boolean {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      request.headers.authorization ?? '',
    )
  if (parts === null) return false
  const [, day, region, service, names, signature] = parts
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
  const canonical = [request.method, request.url, '', headers.join(''), names, sha256(body)].join('\n')
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    `${day}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return names.split(';').includes('host') && hmac(key, text).toString('hex') === signature
}
