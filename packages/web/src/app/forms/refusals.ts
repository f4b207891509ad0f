import type { Refused } from '../api.ts'

/** Why the service refuses a field: a type that has words here, and its own words. */
export interface FieldRefusal {
  readonly type: string
  readonly said: string
}

/** Which field the service means when it refuses a whole form, by the code of its refusal. */
const fieldsByCode: Readonly<Record<string, readonly string[]>> = {
  username_taken: ['username'],
  email_taken: ['email'],
  wrong_second_factor: ['code'],
  wrong_password: ['current_password', 'password'],
  no_such_recipient: ['username'],
  password_used_recently: ['password'],
}

/** Fields that the service calls by another name. */
const otherNames: Readonly<Record<string, string>> = {
  new_password: 'password',
  totp_code: 'code',
  expires_in_days: 'days',
}

/**
 * What the service says of single fields, by their names; the rest concerns the form as a whole.
 * @param isThere whether the form has a field
 */
export function fieldRefusals(
  { fields, code, message }: Refused,
  isThere: (name: string) => boolean,
): Readonly<Record<string, FieldRefusal>> {
  const { detail } = fields
  if (!Array.isArray(detail)) {
    const field = fieldsByCode[code]?.find(isThere)
    return field === undefined ? {} : { [field]: { type: `codes.${code}`, said: message } }
  }
  return Object.fromEntries(
    detail.flatMap(({ loc, msg, type }: { loc?: readonly unknown[]; msg?: string; type?: string }) => {
      const field = loc?.at(-1)
      const name = typeof field === 'string' ? (otherNames[field] ?? field) : ''
      return isThere(name) && msg !== undefined ? [[name, { type: type ?? '', said: msg }]] : []
    }),
  )
}
