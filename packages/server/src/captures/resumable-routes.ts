import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { Metadata } from '@tus/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { passed } from '../blobs/young-garbage.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import { IdParams } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import type { StoredTask } from '../stored-rows.ts'
import { tasksOf } from '../tasks/own-task.ts'
import { acceptCapture, checkRoom, countUpload, tooLarge } from './accept-capture.ts'
import { checkFileName } from './file-name.ts'
import { ID_HEADER, type PartialUpload, UPLOADS_PATH } from './partial-uploads.ts'

const MIB = 1 << 20
const MOST_OPEN = 10
type Named = Pick<PartialUpload, 'id' | 'filename'>
/** What the protocol needs of a request; nothing else reaches its server. */
const PROTOCOL_HEADERS = ['tus-resumable', 'upload-length', 'upload-offset', 'content-type', 'content-length'] as const
/** Refusals that trying again changes; the parts are kept. */
const PASSING = new Set([429, 503])

/**
 * Captures in parts, by the tus protocol: a client that was interrupted asks how far it came and goes on. Whole, an upload is taken like
 * any other, under its own id; clients learn the task from the header X-Task-Id.
 */
export function resumableRoutes(app: App, services: Services): void {
  const { partialUploads } = services
  const config = { access: 'user' } as const
  const tags = ['captures']

  // read by the server of the protocol
  app.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) => done(null))

  app.post(
    UPLOADS_PATH,
    { config, schema: { tags, summary: 'begins an upload in parts (tus 1.0)' } },
    async (request, reply) => {
      await countUpload(services, request)
      const { headers, filename, bytes } = await checkBeginning(services, request)
      const id = randomUUID()
      const metadata = Metadata.stringify({ filename, owner: accountOf(request).id })
      const answer = await partialUploads.answer(
        protocolRequest(request, { ...headers, [ID_HEADER]: id, 'upload-metadata': metadata }),
      )
      if (Number(answer.headers.get('upload-offset')) === bytes) {
        reply.headers(taskHeaders(await finish(services, request, { id, filename })))
      }
      return relay(reply, answer)
    },
  )

  for (const [method, summary] of [
    ['HEAD', 'how far an upload came; X-Task-Id once it was taken'],
    ['PATCH', 'go on with an upload'],
    ['DELETE', 'give an upload up'],
  ] as const) {
    const schema = { tags, summary, params: IdParams }
    app.route({
      method,
      url: `${UPLOADS_PATH}/:id`,
      config,
      schema,
      handler: (request, reply) => goOn(services, request, reply, request.params.id),
    })
  }
}

async function goOn(services: Services, request: FastifyRequest, reply: FastifyReply, given: string) {
  const { partialUploads } = services
  const id = given.toLowerCase()
  const upload = await ownUpload(services, request, id)
  if (upload === null) {
    const task = isUuid(id) ? await tasksOf(services, request).find(id) : null
    const isOwn = task !== null && task.owner_id === accountOf(request).id
    if (!isOwn || request.method !== 'HEAD') throw new HttpError(404, 'upload_not_found', `Upload ${given} not found`)
    return answerWhole(reply, task)
  }
  if (request.method === 'HEAD' && isWhole(upload)) return answerWhole(reply, await finish(services, request, upload))
  const answer = await partialUploads.answer(protocolRequest(request, headersOf(request)))
  const received = Number(answer.headers.get('upload-offset'))
  if (request.method === 'PATCH' && answer.status === 204 && received === upload.bytes) {
    reply.headers(taskHeaders(await finish(services, request, upload)))
  }
  return relay(reply, answer)
}

/** What can be known before the first byte. @throws {HttpError} 400, 403, 413, 429 */
async function checkBeginning(services: Services, request: FastifyRequest) {
  const headers = headersOf(request)
  const length = headers['upload-length'] ?? ''
  if (!/^\d{1,15}$/.test(length))
    throw new HttpError(400, 'invalid_upload', 'The header Upload-Length must say how many bytes will come')
  const bytes = Number(length)
  if (bytes === 0) throw new HttpError(400, 'file_empty', 'The file is empty')
  const mostMb = services.config.values.MAX_UPLOAD_SIZE_MB
  if (bytes > mostMb * MIB) throw tooLarge(mostMb)
  const filename = checkFileName(nameIn(request.headers['upload-metadata']))
  const open = await services.partialUploads.of(accountOf(request).id)
  if (open.length >= MOST_OPEN) {
    throw new HttpError(
      429,
      'too_many_open_uploads',
      `Only ${MOST_OPEN} uploads may be under way: end or delete one first`,
      {
        headers: { 'retry-after': '60' },
      },
    )
  }
  await checkRoom(services, request, bytes + open.reduce((sum, one) => sum + one.bytes, 0))
  return { headers, filename, bytes }
}

function nameIn(metadata: string | string[] | undefined): string {
  try {
    const { filename, name } = Metadata.parse(String(metadata ?? ''))
    return filename ?? name ?? ''
  } catch {
    throw new HttpError(400, 'invalid_upload', 'The header Upload-Metadata cannot be read')
  }
}

async function ownUpload(services: Services, request: FastifyRequest, id: string): Promise<PartialUpload | null> {
  const upload = isUuid(id) ? await services.partialUploads.find(id) : null
  return upload?.ownerId === accountOf(request).id ? upload : null
}

function isWhole({ bytes, receivedBytes }: PartialUpload): boolean {
  return bytes === receivedBytes
}

/** Takes a whole upload; twice, also at once and by several instances, is the same as once. @throws {HttpError} as {@link acceptCapture} */
async function finish(services: Services, request: FastifyRequest, { id, filename }: Named): Promise<StoredTask> {
  const { partialUploads } = services
  const known = () => tasksOf(services, request).find(id)
  let task: StoredTask | null = await known()
  try {
    task ??= await acceptCapture(services, request, { filename, content: partialUploads.content(id), taskId: id })
  } catch (error) {
    task = await known()
    const isFinal = error instanceof HttpError && !PASSING.has(error.status)
    if (task === null && isFinal) await partialUploads.remove(id)
    if (task === null) throw error
  }
  await partialUploads.remove(id)
  return task
}

/** For a client that lost the last answer. */
function answerWhole(reply: FastifyReply, task: StoredTask) {
  const bytes = String(task.file_size_bytes)
  const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': bytes, 'Upload-Length': bytes }
  return reply
    .headers({ ...headers, ...taskHeaders(task) })
    .code(200)
    .send()
}

function taskHeaders({ task_id }: StoredTask): Record<string, string> {
  return { 'X-Task-Id': task_id, 'X-Progress-Url': `/api/progress/${task_id}` }
}

function headersOf(request: FastifyRequest): Record<string, string> {
  const named = PROTOCOL_HEADERS.map((name) => [name, request.headers[name]] as const)
  return Object.fromEntries(named.filter((pair): pair is [(typeof pair)[0], string] => typeof pair[1] === 'string'))
}

function protocolRequest(request: FastifyRequest, headers: Record<string, string>): Request {
  const hasBody = request.method === 'PATCH' || headers['content-type'] === 'application/offset+octet-stream'
  const body = hasBody ? (Readable.toWeb(request.raw) as ReadableStream) : null
  // behind the line above, which keeps the stream from flowing by itself
  if (hasBody) request.raw.on('data', (chunk: Buffer) => passed(chunk.length))
  const address = new URL(request.url, 'http://localhost')
  return new Request(address, { method: request.method, headers, body, duplex: 'half' } as RequestInit)
}

/** The protocol's answer with our own headers around it; its refusals in our form. */
async function relay(reply: FastifyReply, answer: Response) {
  reply.header('Tus-Resumable', '1.0.0')
  if (!answer.ok) throw new HttpError(answer.status, 'invalid_upload', (await answer.text()).trim())
  for (const [name, value] of answer.headers) {
    if (/^(?:upload-|location$)/.test(name)) reply.header(name, value)
  }
  return reply.code(answer.status).send()
}
