import { readsPayload } from '@pcap-analyzer/engine/observe'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { includes, sharedTask } from '../shares/access.ts'
import { packetColumns } from './messages.ts'
import { readRows } from './packet-lists.ts'
import { PacketReader } from './packet-reader.ts'

const id = Type.String({ maxLength: 100 })
/** An empty filter bar shows everything. */
const EVERY_FRAME = 'frame.number'
const number = Type.Integer({ minimum: 0, maximum: 0xffff_ffff })
const ListQuery = Type.Object({
  filter: Type.String({ maxLength: 2000, default: '' }),
  sort: Type.Enum([...packetColumns], { default: 'number' }),
  order: Type.Enum(['asc', 'desc'], { default: 'asc' }),
  offset: Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 200 }),
  window: Type.String({
    maxLength: 64,
    default: '',
    description: 'made by the client: a query gives up the one before of the same window, and of no other',
  }),
})
const List = Type.Object({
  rows: Type.Array(Type.Array(Type.Unknown())),
  /** How many can be asked for; fewer than passed when there are very many. */
  listed: Type.Integer(),
  passed: Type.Integer(),
  packets: Type.Integer(),
})

/** Packets of stored captures: listed by a display filter, taken apart, followed as streams. */
export function packetRoutes(app: App, services: Services): void {
  const config = { access: 'user' } as const
  const tags = ['packets']
  const reader = new PacketReader(services)
  app.addHook('onClose', async () => reader.stop())

  app.get(
    '/api/tasks/:id/packets',
    {
      config,
      schema: {
        tags,
        summary:
          'packets that pass a display filter; a row is number, time in ns, source, destination, protocol, bytes, info, expert level, transport, stream',
        params: Type.Object({ id }),
        querystring: ListQuery,
        response: { 200: List, ...refusals },
      },
    },
    async (request, reply) => {
      const { task, right } = await sharedTask(services, request, request.params.id, 'metadata')
      const { filter, sort, order, offset, limit, window } = request.query
      if (!includes(right, 'payload') && asksForBytes(filter)) {
        throw new HttpError(403, 'beyond_share', 'This share does not cover filters that read what was sent')
      }
      const listing = {
        filter: filter.trim() === '' ? EVERY_FRAME : filter,
        sort,
        isDescending: order === 'desc',
      }
      const list = await reader.list(task, listing, { userId: accountOf(request).id, window }, goneSignal(reply))
      const rows = await readRows(list, offset, limit)
      return { rows: rows as unknown as unknown[][], listed: list.listed, passed: list.passed, packets: list.packets }
    },
  )
  app.get(
    '/api/tasks/:id/packets/:number',
    { config, schema: { tags, summary: 'a frame taken apart', params: Type.Object({ id, number }) } },
    async (request) => {
      const { task, right } = await sharedTask(services, request, request.params.id, 'metadata')
      return reader.frame(task, request.params.number, includes(right, 'payload'))
    },
  )
  app.get(
    '/api/tasks/:id/streams/:transport/:number',
    {
      config,
      schema: {
        tags,
        summary: 'what both sides of a stream sent, in order',
        params: Type.Object({ id, transport: Type.Enum(['tcp', 'udp']), number }),
      },
    },
    async (request) => {
      const { transport, number: stream } = request.params
      const { task } = await sharedTask(services, request, request.params.id, 'payload')
      return reader.stream(task, transport, stream)
    },
  )
}

/** Aborts when whoever asked is gone before there is an answer. */
function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new HttpError(499, 'nobody_waits', 'Nobody waits for the answer'))
  })
  return gone.signal
}

/** A filter that cannot be read is refused by whoever runs it. */
function asksForBytes(filter: string): boolean {
  try {
    return filter.trim() !== '' && readsPayload(filter)
  } catch {
    return false
  }
}
