import type { App } from '../services.ts'
import { HttpError } from './http-error.ts'

/** Refuses texts with a null character, which no database of ours stores and no name holds, wherever a request has one. */
export function refuseNullCharacters(app: App): void {
  app.addHook('preValidation', ({ params, query, body }, _reply, done) => {
    const isRefused = hasNull(params) || hasNull(query) || hasNull(body)
    done(isRefused ? new HttpError(422, 'null_character', 'A text holds a null character') : undefined)
  })
}

function hasNull(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  if (typeof value !== 'object' || value === null) return false
  for (const name in value) {
    if (name.includes('\0') || hasNull((value as Record<string, unknown>)[name])) return true
  }
  return false
}
