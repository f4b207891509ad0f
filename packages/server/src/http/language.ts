import type { FastifyRequest } from 'fastify'

/** The language that a request asks for first, if it is one of ours. */
export function askedLanguage(request: FastifyRequest): 'en' | 'fr' | null {
  const asked = request.headers['accept-language']?.trim().toLowerCase() ?? ''
  if (asked.startsWith('fr')) return 'fr'
  return asked.startsWith('en') ? 'en' : null
}
