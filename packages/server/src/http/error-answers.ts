import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { isDatabaseAway } from '../db/database-away.ts'
import type { App } from '../services.ts'
import { HttpError } from './http-error.ts'
import { fieldType, type RefusalCode } from './refusal-codes.ts'

/** Statuses of Fastify's own refusals that keep their status and lose their wording. */
const plainRefusals: Readonly<Record<number, string>> = {
  400: 'Bad request',
  413: 'Request body is too large',
  415: 'Unsupported media type',
  431: 'Request headers are too large',
}

const BAD_REQUEST: RefusalCode = 'bad_request'
const FAILED: RefusalCode = 'failed'
const NOT_FOUND: RefusalCode = 'not_found'
const RETRY_SECONDS = '5'
const DATABASE_AWAY = {
  detail: 'The database cannot be reached. Please try again later.',
  error_type: 'database_unavailable' satisfies RefusalCode,
} as const

/** Every refusal as `{"detail": …}`; what nobody expected says nothing of itself but the id under which it was logged. */
export function answerErrors(app: App): void {
  app.setErrorHandler<FastifyError | HttpError>((error, request, reply) => {
    if (!request.raw.readableEnded && request.headers['content-length'] !== '0') abandonBody(request, reply)
    if (error instanceof HttpError) return reply.code(error.status).headers(error.headers).send(error.body)
    if (error.validation !== undefined) {
      return reply.code(422).send(
        new HttpError(422, 'invalid_fields', 'Some fields are not accepted', {
          fields: { detail: error.validation.map((one) => fieldOf(one, error.validationContext)) },
        }).body,
      )
    }
    const status = error.statusCode ?? 500
    const refusal = plainRefusals[status]
    if (refusal !== undefined) return reply.code(status).send({ detail: refusal, error_type: BAD_REQUEST })
    if (isDatabaseAway(error)) {
      request.log.error({ err: error }, 'the database cannot be reached')
      return reply.code(503).header('retry-after', RETRY_SECONDS).send(DATABASE_AWAY)
    }
    request.log.error({ err: error }, 'unexpected failure')
    return reply.code(500).send({ detail: 'Internal server error', error_type: FAILED, request_id: request.id })
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ detail: 'Not Found', error_type: NOT_FOUND }))
}

/** What was still to come of the body would be taken for the next request of this connection. */
function abandonBody(request: FastifyRequest, reply: FastifyReply): void {
  if (request.body !== undefined || request.method === 'GET' || request.method === 'HEAD') return
  request.raw.unpipe()
  request.raw.resume()
  reply.header('connection', 'close')
}

function fieldOf({ instancePath, keyword, message, params }: FastifySchemaValidationError, context = 'body') {
  const missing = (params as { missingProperty?: string }).missingProperty
  const path = instancePath.split('/').slice(1)
  return {
    loc: [context, ...path, ...(missing === undefined ? [] : [missing])],
    msg: message ?? 'is not valid',
    type: fieldType(keyword),
  }
}
