import { afterAll, describe, expect, it } from 'vitest'
import { adminOf, Client, userOf } from './support/client.ts'
import { dialects, sample, startTestService, stopCluster, USER_PASSWORD } from './support/test-service.ts'

afterAll(stopCluster)

const HOSTILE = [
  "' or '1'='1",
  "'; drop table tasks; --",
  '1 union select hashed_password from users',
  '\u0000',
  '%_\\',
]
/** They end the session that asks. */
const ENDS_THE_SESSION = new Set(['/api/logout', '/api/token/renew'])
const NOBODY = '11111111-1111-4111-8111-111111111111'

interface Schema {
  readonly type?: string
  readonly properties?: Record<string, Schema>
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly minItems?: number
  readonly minimum?: number
}
interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly schema: Schema
}
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Schema }> }
}

/** Something that a schema takes. */
function exampleOf(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf[0] ?? {})
  if (schema.type === 'object') {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, exampleOf(one)]))
  }
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items ?? {}))
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  return schema.type === 'boolean' ? false : NOBODY
}

/** Requests to an operation, each with the text in one of its places. */
function* requestsWith(path: string, { parameters = [], requestBody }: Operation, text: string) {
  const body = exampleOf(requestBody?.content['application/json']?.schema ?? {})
  const harmless = path.replace(/\{\w+\}/g, NOBODY)
  for (const { in: place, name } of parameters) {
    const value = encodeURIComponent(text)
    if (place === 'path') yield { name, url: path.replace(`{${name}}`, value).replace(/\{\w+\}/g, NOBODY), body }
    if (place === 'query') yield { name, url: `${harmless}?${name}=${value}`, body }
  }
  if (typeof body !== 'object' || body === null) return
  for (const name of Object.keys(body)) {
    const isList = Array.isArray((body as Record<string, unknown>)[name])
    yield { name, url: harmless, body: { ...body, [name]: isList ? [text] : text } }
  }
}

describe.each(dialects)('SQL on %s', (dialect) => {
  it('in any parameter of any route finds nothing, changes nothing and breaks nothing', async () => {
    const service = await startTestService(dialect, { environment: { INLINE_WORKER: 'false' } })
    const admin = await adminOf(service)
    const user = await userOf(service, admin, 'user')
    await user.upload(sample('slow-dns.pcap'))
    const { paths } = (await admin.get('/openapi.json')).json as { paths: Record<string, Record<string, Operation>> }
    const before = (await admin.get('/api/queue/status')).json
    const users = (await admin.get('/api/users')).text
    let asked = 0
    for (const [path, operations] of Object.entries(paths)) {
      if (ENDS_THE_SESSION.has(path)) continue
      for (const [method, operation] of Object.entries(operations)) {
        for (const text of HOSTILE) {
          for (const { name, url, body } of requestsWith(path, operation, text)) {
            asked++
            const sent = method === 'get' || method === 'head' || operation.requestBody === undefined ? undefined : body
            const answer = await admin.call(method.toUpperCase(), url, sent)
            const where = `${method} ${path}, ${name} = ${JSON.stringify(text)}: ${answer.status} ${answer.text.slice(0, 200)}`
            expect(answer.status, where).toBeLessThan(500)
            expect(answer.text, where).not.toMatch(/\$2[aby]\$|syntax error|SQLITE_|no such column/)
          }
        }
      }
    }
    expect(asked).toBeGreaterThan(300)
    await service.services.database.query.deleteFrom('login_attempts').execute()
    expect((await admin.get('/api/queue/status')).json).toEqual(before)
    expect((await admin.get('/api/users')).text).toBe(users)
    expect((await new Client(service.base).logIn('user', USER_PASSWORD)).status).toBe(200)
    expect((await admin.get('/api/admin/audit/verify')).json.is_whole).toBe(true)
    await service.end()
  })
})

it('guesses count together, whichever instance they are sent to', async () => {
  // waits are of seconds, which a busy machine may take for one guess
  const at = new Date()
  const options = { now: () => at, environment: { INLINE_WORKER: 'false', INSTANCES: '2' } }
  const first = await startTestService('postgres', options)
  const second = await startTestService('postgres', {
    ...options,
    folder: first.folder,
    databaseUrl: first.environment.DATABASE_URL ?? '',
  })
  const admin = await adminOf(first)
  await userOf(first, admin, 'ivan')
  const statuses = []
  for (let guess = 0; guess < 5; guess++) {
    const { base } = guess % 2 === 0 ? first : second
    statuses.push((await new Client(base).logIn('ivan', `Wrong-Guess-${guess}`)).status)
  }
  expect(statuses).toEqual([401, 401, 401, 401, 429])
  await second.end()
  await first.end()
})
