import { randomBytes, randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { accountOf, scopes } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import { IdParams, Message, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { API_KEY_PREFIX, hashOfKey } from './authenticate.ts'

const KEY_BYTES = 32
const PREFIX_LENGTH = 16
const DAY_MS = 86_400_000
const NewKey = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  scopes: Type.Array(Type.Enum([...scopes]), { minItems: 1, uniqueItems: true }),
  expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
})
const OptionalText = Type.Union([Type.String(), Type.Null()])
const Key = Type.Object({
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String(),
  scopes: Type.Array(Type.String()),
  created_at: Type.String(),
  expires_at: OptionalText,
  last_used_at: OptionalText,
})
const CreatedKey = Type.Object({ key: Type.String(), ...Key.properties })

/** Keys for programs: made by a person who is logged in, shown once, never more than their scopes. */
export function apiKeyRoutes(app: App, services: Services): void {
  const { database, audit, now } = services
  const config = { access: 'user' } as const
  const tags = ['users']

  app.post(
    '/api/keys',
    { config, schema: { tags, body: NewKey, response: { 201: CreatedKey, ...refusals } } },
    async (request, reply) => {
      const account = accountOf(request)
      if (account.proof === 'key') throw new HttpError(403, 'keys_make_no_keys', 'API keys cannot make API keys')
      const key = API_KEY_PREFIX + randomBytes(KEY_BYTES).toString('base64url')
      const { name, scopes: granted, expires_in_days: days } = request.body
      const row = {
        id: randomUUID(),
        user_id: account.id,
        name,
        prefix: key.slice(0, PREFIX_LENGTH),
        key_hash: hashOfKey(key),
        scopes: JSON.stringify(granted),
        created_at: now().toISOString(),
        expires_at: days === undefined ? null : new Date(now().getTime() + days * DAY_MS).toISOString(),
        last_used_at: null,
        revoked_at: null,
      }
      await database.query.insertInto('api_keys').values(row).execute()
      const message = `User ${account.username} made an API key`
      await audit.write(request, { event: 'auth.api_key_created', message, subject: row.id })
      return reply.code(201).send({ ...row, scopes: granted, key })
    },
  )
  app.get(
    '/api/keys',
    { config, schema: { tags, response: { 200: Type.Array(Key), ...refusals } } },
    async (request) => {
      const rows = await database.query
        .selectFrom('api_keys')
        .selectAll()
        .where('user_id', '=', accountOf(request).id)
        .where('revoked_at', 'is', null)
        .orderBy('created_at', 'desc')
        .execute()
      return rows.map((row) => ({ ...row, scopes: JSON.parse(row.scopes) as string[] }))
    },
  )
  app.delete(
    '/api/keys/:id',
    { config, schema: { tags, params: IdParams, response: { 200: Message, ...refusals } } },
    async (request) => {
      const { id } = request.params
      const account = accountOf(request)
      const { numUpdatedRows } = await database.query
        .updateTable('api_keys')
        .set({ revoked_at: now().toISOString() })
        .where('id', '=', isUuid(id) ? id : randomUUID())
        .where('user_id', '=', account.id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw new HttpError(404, 'key_not_found', 'API key not found')
      await audit.write(request, {
        event: 'auth.api_key_revoked',
        message: `User ${account.username} revoked an API key`,
        subject: id,
      })
      return { message: 'API key revoked' }
    },
  )
}
