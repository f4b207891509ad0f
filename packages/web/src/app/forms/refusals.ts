import type { Refused } from '../api.ts'

/** Which field the service means when it refuses a whole form in words. */
const fieldsByRefusal: Readonly<Record<string, string>> = {
  'Username already exists': 'username',
  'Email already exists': 'email',
  'Invalid 2FA code': 'code',
  'Incorrect password': 'password',
  'Current password is incorrect': 'current_password',
  'There is no such user to share with': 'username',
}

/** Fields that the service calls by another name. */
const otherNames: Readonly<Record<string, string>> = {
  new_password: 'password',
  totp_code: 'code',
  expires_in_days: 'days',
}

/** What the service says of single fields, by their names; the rest concerns the form as a whole. */
export function fieldRefusals({ fields, message }: Refused): Readonly<Record<string, string>> {
  const { detail } = fields
  if (!Array.isArray(detail)) {
    const field = fieldsByRefusal[message]
    return field === undefined ? {} : { [field]: message }
  }
  return Object.fromEntries(
    detail.flatMap(({ loc, msg }: { loc?: readonly unknown[]; msg?: string }) => {
      const field = loc?.at(-1)
      return typeof field === 'string' && field !== 'body' && msg !== undefined
        ? [[otherNames[field] ?? field, msg]]
        : []
    }),
  )
}
