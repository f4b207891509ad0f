import { HttpError } from '../http/http-error.ts'
import type { Services } from '../services.ts'
import type { StoredUser } from '../stored-rows.ts'
import { REMEMBERED_PASSWORDS, rememberedPasswords } from '../users/store.ts'
import { checkPassword } from './password-rules.ts'

/** The hash of a new password that passes every rule. @throws {HttpError} 422 too weak, 400 used recently */
export async function acceptNewPassword(
  { database, passwords }: Services,
  user: StoredUser,
  newPassword: string,
): Promise<string> {
  checkPassword(newPassword, 'new_password', [user.username, user.email])
  for (const earlier of await rememberedPasswords(database.query, user)) {
    if (await passwords.verify(newPassword, earlier)) {
      throw new HttpError(
        400,
        'password_used_recently',
        `This password was used recently: the last ${REMEMBERED_PASSWORDS} cannot be taken again`,
      )
    }
  }
  return passwords.hash(newPassword)
}
