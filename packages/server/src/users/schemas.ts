import { type Static, Type } from 'typebox'
import type { StoredUser } from '../stored-rows.ts'

/** Longer texts than any rule allows are refused before they are looked at. */
export const PasswordText = Type.String({ maxLength: 1024 })
export const Username = Type.String({ minLength: 3, maxLength: 50, pattern: '^[A-Za-z0-9_-]+$' })
export const Email = Type.String({ maxLength: 255, pattern: '^[^\\s@<>"\',;:()\\[\\]\\\\]+@[A-Za-z0-9.-]+$' })
export const Role = Type.Union([Type.Literal('admin'), Type.Literal('user')])
export const Nullable = <Text extends ReturnType<typeof Type.String>>(schema: Text) => Type.Union([schema, Type.Null()])
const OptionalText = Nullable(Type.String())

/** A user as everybody may see it: never its hash. */
export const User = Type.Object({
  id: Type.String(),
  username: Type.String(),
  email: Type.String(),
  role: Role,
  is_active: Type.Boolean(),
  is_approved: Type.Boolean(),
  approved_by: OptionalText,
  approved_at: OptionalText,
  password_must_change: Type.Boolean(),
  is_2fa_enabled: Type.Boolean(),
  created_at: Type.String(),
  last_login: OptionalText,
  language: Type.String(),
  time_zone: Type.String(),
})

export function userObject(row: StoredUser): Static<typeof User> {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    role: row.role,
    is_active: row.is_active,
    is_approved: row.is_approved,
    approved_by: row.approved_by,
    approved_at: row.approved_at,
    password_must_change: row.password_must_change,
    is_2fa_enabled: row.is_2fa_enabled,
    created_at: row.created_at,
    last_login: row.last_login,
    language: row.language,
    time_zone: row.time_zone,
  }
}
