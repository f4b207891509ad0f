import { pipeline, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import type { Report } from '@pcap-analyzer/engine'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { IdParams, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { includes, sharedTask } from '../shares/access.ts'
import { summaryOf } from '../shares/summary.ts'
import { noTask, ownTask, tasksOf } from '../tasks/own-task.ts'
import type { ListedTask } from '../tasks/store.ts'
import { captureForms, isCaptureForm, mediaTypeOf, otherForms } from './forms.ts'
import { type MadeFile, ReportMaker } from './report-maker.ts'

const FormParams = Type.Object({ id: Type.String({ maxLength: 100 }), form: Type.String({ maxLength: 30 }) })
const EvidenceParams = Type.Object({ id: Type.String({ maxLength: 100 }), findingId: Type.String({ maxLength: 200 }) })
const FormQuery = Type.Object({ part: Type.Optional(Type.String({ maxLength: 200 })) })
const Deleted = Type.Object({
  message: Type.String(),
  deleted_files: Type.Array(Type.String()),
  task_id: Type.String(),
})
/** The report brings its own policy, which allows the one script it holds and no connection at all. */
const REPORT_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"

/** Reports in every form, the frames that prove findings, the capture itself, and their deletion. */
export function reportRoutes(app: App, services: Services): void {
  const config = { access: 'user' } as const
  const maker = new ReportMaker(services)
  app.addHook('onClose', async () => maker.stop())

  app.get(
    '/api/reports/:id/:form',
    { config, schema: { tags: ['reports'], params: FormParams, querystring: FormQuery } },
    async (request, reply) => {
      const { id, form } = request.params
      const { task, right } = await sharedTask(services, request, id, form === 'json' ? 'summary' : 'metadata')
      if (!includes(right, 'metadata')) return sendSummary(services, request, reply, task)
      if (form === 'html' || form === 'json') return sendStored(services, request, reply, task, form)
      if (!otherForms.includes(form) && !isCaptureForm(form)) {
        const all = ['html', 'json', ...otherForms, ...captureForms].join(', ')
        throw new HttpError(404, 'no_such_part', `There is no form ${form}; ask for ${all}`)
      }
      const part = request.query.part ?? null
      const made = await maker.make(
        task,
        isCaptureForm(form) ? { kind: 'capture-form', form, part } : { kind: 'form', form, part },
      )
      if (!('parts' in made)) return sendMade(services, request, reply, task, form, made)
      if (request.query.part === undefined) return reply.send(made)
      throw new HttpError(
        404,
        'no_such_part',
        `There is no part ${request.query.part}; there are ${made.parts.join(', ')}`,
      )
    },
  )
  app.get(
    '/api/reports/:id/evidence/:findingId',
    {
      config,
      schema: {
        tags: ['reports'],
        summary:
          'the frames that prove a finding, as pcapng; the finding by its number in the report, its key or its kind',
        params: EvidenceParams,
      },
    },
    async (request, reply) => {
      const { id, findingId } = request.params
      const { task } = await sharedTask(services, request, id, 'raw')
      const made = await maker.make(task, { kind: 'evidence', finding: findingId })
      if ('parts' in made) throw new Error('evidence is one file')
      return sendMade(services, request, reply, task, 'evidence', made)
    },
  )
  app.get(
    '/api/tasks/:id/capture',
    { config, schema: { tags: ['reports'], params: IdParams } },
    async (request, reply) => {
      const { task } = await sharedTask(services, request, request.params.id, 'raw')
      const capture = task.capture_key === null ? null : await services.blobs.open(task.capture_key)
      if (capture === null) throw new HttpError(404, 'capture_gone', 'The capture is not stored any more')
      await noteDownload(services, request, task, 'capture')
      return reply
        .header('content-disposition', attachment(task.filename))
        .type('application/vnd.tcpdump.pcap')
        .send(capture)
    },
  )
  app.delete(
    '/api/reports/:id',
    { config, schema: { tags: ['reports'], params: IdParams, response: { 200: Deleted, ...refusals } } },
    async (request) => {
      const task = await ownTask(services, request, request.params.id)
      const deleted = await deleteFiles(services, request, task)
      if (deleted === null) throw noTask(task.task_id)
      await services.audit.write(request, {
        event: 'file.deleted',
        message: `User ${accountOf(request).username} deleted a report`,
        subject: task.task_id,
        details: { deleted },
      })
      return { message: 'Reports deleted', deleted_files: deleted, task_id: task.task_id }
    },
  )
}

async function sendStored(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  task: ListedTask,
  form: 'html' | 'json',
) {
  const key = form === 'html' ? task.report_html_path : task.report_json_path
  const content = key === null ? null : await services.blobs.open(key)
  if (content === null) throw new HttpError(404, 'report_not_found', `Report not found for task ${task.task_id}`)
  await noteDownload(services, request, task, form)
  if (form === 'json' && takesGzip(request)) {
    // half a megabyte of JSON is a second of a phone's time
    reply.header('content-disposition', attachment(`pcap_analysis_${task.task_id}.json`)).type('application/json')
    return reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').send(gzipped(content))
  }
  if (form === 'html') reply.header('content-security-policy', REPORT_POLICY).type('text/html; charset=utf-8')
  else reply.header('content-disposition', attachment(`pcap_analysis_${task.task_id}.json`)).type('application/json')
  return reply.send(content)
}

function takesGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(String(headers['accept-encoding'] ?? ''))
}

/** Whatever breaks off the one breaks off the other. */
function gzipped(content: Readable): Readable {
  const gzip = createGzip()
  pipeline(content, gzip, () => {})
  return gzip
}

/** The report without what names hosts, frames or times one by one. */
async function sendSummary(services: Services, request: FastifyRequest, reply: FastifyReply, task: ListedTask) {
  const content = task.report_json_path === null ? null : await services.blobs.open(task.report_json_path)
  if (content === null) throw new HttpError(404, 'report_not_found', `Report not found for task ${task.task_id}`)
  await noteDownload(services, request, task, 'summary')
  return reply.type('application/json').send(summaryOf(JSON.parse(await text(content)) as Report))
}

async function sendMade(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  task: ListedTask,
  form: string,
  { name, content }: MadeFile,
) {
  await noteDownload(services, request, task, form)
  return reply
    .header('content-disposition', attachment(`pcap_analysis_${task.task_id}_${name}`))
    .type(mediaTypeOf(name))
    .send(content)
}

/** Rows first: a file without a row is found and removed later, a row without its file would promise what is not there. */
async function deleteFiles(services: Services, request: FastifyRequest, task: ListedTask): Promise<string[] | null> {
  const changes = {
    status: 'expired',
    report_html_path: null,
    report_json_path: null,
    capture_key: null,
    lease_owner: null,
    lease_until: null,
  } as const
  const changed = await tasksOf(services, request).change(task.task_id, changes)
  if (changed === null) return null
  services.queue.interrupt(task.task_id)
  const files = [
    ['HTML', task.report_html_path],
    ['JSON', task.report_json_path],
    ['PCAP', task.capture_key],
  ] as const
  const deleted: string[] = []
  for (const [name, key] of files) if (key !== null && (await services.blobs.delete(key))) deleted.push(name)
  return deleted
}

function noteDownload({ audit }: Services, request: FastifyRequest, task: ListedTask, form: string): Promise<void> {
  const message = `User ${accountOf(request).username} opened a report`
  return audit.write(request, {
    event: 'data.sensitive.access',
    severity: 'INFO',
    message,
    subject: task.task_id,
    details: { form },
  })
}

/** RFC 6266: a plain name for old clients and the exact one, with nothing that could end the header. */
export function attachment(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`
}
