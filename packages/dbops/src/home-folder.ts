import { userInfo } from 'node:os'

/** Home of the user: HOME where it is set and not empty, else what the system knows; null where it knows no such user. */
export function findHome(home: string | undefined): string | null {
  if (home) return home
  try {
    return userInfo().homedir || null
  } catch {
    return null // a container whose user has a number and no name
  }
}
