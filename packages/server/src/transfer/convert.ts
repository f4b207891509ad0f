/** What a value becomes; times are ISO 8601 in UTC with milliseconds. */
export type Converted = string | number | boolean | null

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i
const STATUSES = new Set(['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired'])

/** A UUID with dashes, in small letters. @throws {Error} */
export function id(raw: unknown): Converted {
  if (isMissing(raw)) return null
  const text = String(raw)
  if (!UUID.test(text)) throw new Error(`${shown(raw)} is no UUID`)
  const digits = text.replaceAll('-', '').toLowerCase()
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}

export function text(raw: unknown): Converted {
  // PostgreSQL cannot keep the character 0
  return isMissing(raw) ? null : String(raw).replaceAll('\0', '')
}

export function lower(raw: unknown): Converted {
  const converted = text(raw)
  return typeof converted === 'string' ? converted.toLowerCase() : converted
}

export function whole(raw: unknown): Converted {
  if (isMissing(raw)) return null
  const number = Number(raw)
  if (!Number.isFinite(number)) throw new Error(`${shown(raw)} is no number`)
  return Math.trunc(number)
}

export function real(raw: unknown): Converted {
  if (isMissing(raw)) return null
  const number = Number(raw)
  if (!Number.isFinite(number)) throw new Error(`${shown(raw)} is no number`)
  return number
}

export function flag(raw: unknown): Converted {
  if (isMissing(raw)) return null
  if (typeof raw === 'string') return ['1', 'true', 't', 'yes'].includes(raw.toLowerCase())
  return Boolean(raw)
}

export function role(raw: unknown): Converted {
  if (isMissing(raw)) return null
  const name = String(raw).toLowerCase()
  if (name !== 'admin' && name !== 'user') throw new Error(`${shown(raw)} is neither admin nor user`)
  return name
}

/** Work that was under way in the old service is over. */
export function status(raw: unknown): Converted {
  if (isMissing(raw)) return null
  const name = String(raw).toLowerCase()
  if (name === 'pending' || name === 'processing') return 'failed'
  return STATUSES.has(name) ? name : 'failed'
}

/** ISO text with or without zone (then UTC), or seconds since 1970. @throws {Error} */
export function time(raw: unknown): Converted {
  if (isMissing(raw)) return null
  if (typeof raw === 'number') return new Date(raw * (raw > 1e11 ? 1 : 1000)).toISOString()
  const given = String(raw).trim().replace(' ', 'T')
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(given) || !given.includes('T') ? given : `${given}Z`
  const date = new Date(zoned.replace(/(\.\d{3})\d+/, '$1'))
  if (Number.isNaN(date.getTime())) throw new Error(`${shown(raw)} is no time`)
  return date.toISOString()
}

function isMissing(raw: unknown): raw is null | undefined {
  return raw === null || raw === undefined
}

function shown(raw: unknown): string {
  return JSON.stringify(String(raw).slice(0, 40))
}
