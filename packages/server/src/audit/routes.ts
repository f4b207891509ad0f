import { sql } from 'kysely'
import { Type } from 'typebox'
import { refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { findBrokenLine } from './trail.ts'

const OptionalText = Type.Union([Type.String(), Type.Null()])
const Event = Type.Object({
  sequence: Type.Integer(),
  id: Type.String(),
  timestamp: Type.String(),
  event_type: Type.String(),
  severity: Type.String(),
  outcome: Type.String(),
  actor_id: OptionalText,
  actor_name: OptionalText,
  subject_id: OptionalText,
  source_ip: OptionalText,
  request_id: OptionalText,
  message: Type.String(),
  details: Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true })),
  hash: Type.String(),
})
const Query = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  event_type: Type.Optional(Type.String({ maxLength: 100 })),
  actor_id: Type.Optional(Type.String({ maxLength: 64 })),
  outcome: Type.Optional(Type.Enum(['SUCCESS', 'FAILURE', 'BLOCKED'])),
})

/** The audit trail for administrators, newest first, and whether its chain is whole. */
export function auditRoutes(app: App, services: Services): void {
  const config = { access: 'admin' } as const
  const tags = ['admin']

  app.get(
    '/api/admin/audit',
    {
      config,
      schema: {
        tags,
        querystring: Query,
        response: {
          200: Type.Object({ events: Type.Array(Event), next_before: Type.Union([Type.Integer(), Type.Null()]) }),
          ...refusals,
        },
      },
    },
    async (request) => {
      const { limit, before, event_type, actor_id, outcome } = request.query
      let found = services.database.query.selectFrom('audit_events').selectAll()
      if (before !== undefined) found = found.where('sequence', '<', before)
      if (event_type !== undefined) found = found.where(sql<boolean>`event_type = ${event_type}`)
      if (actor_id !== undefined) found = found.where('actor_id', '=', actor_id)
      if (outcome !== undefined) found = found.where('outcome', '=', outcome)
      const rows = await found.orderBy('sequence', 'desc').limit(limit).execute()
      const events = rows.map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, unknown> }))
      return { events, next_before: rows.length < limit ? null : (rows.at(-1)?.sequence ?? null) }
    },
  )
  app.get(
    '/api/admin/audit/verify',
    {
      config,
      schema: {
        tags,
        response: {
          200: Type.Object({ is_whole: Type.Boolean(), broken_at: Type.Union([Type.Integer(), Type.Null()]) }),
          ...refusals,
        },
      },
    },
    async () => {
      const broken = await findBrokenLine(services.database)
      return { is_whole: broken === null, broken_at: broken }
    },
  )
}
