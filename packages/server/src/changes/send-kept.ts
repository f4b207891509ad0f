import type { FastifyReply, FastifyRequest } from 'fastify'
import { accountOf } from '../http/account.ts'
import type { Services } from '../services.ts'
import type { About } from './kept-answers.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Answers with what is kept for the caller, or else with what is read now, which is then kept. */
export function sendKept<Answer extends object>(
  { keptAnswers }: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  about: About,
  read: () => Promise<Answer>,
): Promise<Answer> | undefined {
  const { tenant } = accountOf(request)
  const kept = keptAnswers.find(tenant, about)
  reply.header('content-type', JSON_TYPE)
  if (kept === null) {
    const bytes = keptAnswers.read(tenant, about, async () => reply.serialize(await read()) as string)
    // the framework sends bytes as they are
    return bytes as unknown as Promise<Answer>
  }
  reply.send(kept)
  return undefined
}
