import { existsSync, statSync } from 'node:fs'

/** Why the server would refuse this private key file; null when it would take it (PostgreSQL §19.9.1). */
export function privateKeyProblem(path: string): string | null {
  if (!existsSync(path)) return `${path} does not exist`
  const { mode, uid } = statSync(path)
  const allowed = uid === 0 ? 0o640 : 0o600
  const extra = mode & 0o777 & ~allowed
  return extra === 0
    ? null
    : `${path} may be read by others (${(mode & 0o777).toString(8)}): chmod ${allowed.toString(8)} ${path}`
}
