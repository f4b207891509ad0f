import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { HttpError } from '../http/http-error.ts'
import { refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { tasksOf } from '../tasks/own-task.ts'
import { acceptCapture, countUpload, type IncomingCapture } from './accept-capture.ts'

const Accepted = Type.Object({
  task_id: Type.String(),
  filename: Type.String(),
  file_size_bytes: Type.Integer(),
  status: Type.Literal('pending'),
  progress_url: Type.String(),
  created_at: Type.String(),
  file_sha256: Type.String(),
  already_analysed: Type.Union([
    Type.Null(),
    Type.Object({ task_id: Type.String(), analyzed_at: Type.Union([Type.String(), Type.Null()]) }),
  ]),
})

const FORM_LIMITS = {
  files: 1,
  fields: 5,
  parts: 6,
  fieldSize: 1000,
  headerPairs: 50,
  fileSize: Number.POSITIVE_INFINITY,
} as const

/** Taking captures in. Forms with files are read here and nowhere else. */
export function captureRoutes(app: App, services: Services): void {
  app.register(async (forms) => {
    await forms.register(multipart, { limits: FORM_LIMITS })
    addUpload(forms as unknown as App, services)
  })
}

function addUpload(app: App, services: Services): void {
  app.post(
    '/api/upload',
    {
      config: { access: 'user' },
      schema: {
        tags: ['captures'],
        summary: 'a capture as multipart field `file`',
        consumes: ['multipart/form-data'],
        response: { 202: Accepted, ...refusals },
      },
    },
    async (request, reply) => {
      await countUpload(services, request)
      const incoming = await filePartOf(request)
      const task = await acceptCapture(services, request, incoming)
      const same = await tasksOf(services, request).findSame(task.file_sha256 ?? '')
      return reply.code(202).send({
        task_id: task.task_id,
        filename: task.filename,
        file_size_bytes: task.file_size_bytes,
        status: 'pending',
        progress_url: `/api/progress/${task.task_id}`,
        created_at: task.created_at,
        file_sha256: task.file_sha256 ?? '',
        already_analysed: same === null ? null : { task_id: same.task_id, analyzed_at: same.analyzed_at },
      })
    },
  )
}

async function filePartOf(request: FastifyRequest): Promise<IncomingCapture> {
  if (!request.isMultipart())
    throw new HttpError(422, 'invalid_upload', 'Send the capture as multipart/form-data, field "file"')
  const part = await request.file()
  if (part === undefined || part.fieldname !== 'file')
    throw new HttpError(422, 'invalid_upload', 'The field "file" is missing')
  return { filename: part.filename, content: part.file }
}
