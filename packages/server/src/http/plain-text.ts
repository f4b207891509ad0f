import type { App } from '../services.ts'
import { HttpError } from './http-error.ts'

/** Refuses texts with a null character, which no database of ours stores and no name holds, wherever a request has one. */
export function refuseNullCharacters(app: App): void {
  app.addHook('preValidation', async ({ params, query, body }) => {
    if ([params, query, body].some(hasNull)) throw new HttpError(422, 'A text holds a null character')
  })
}

function hasNull(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, one]) => name.includes('\0') || hasNull(one))
}
