import { DbopsError } from '../errors.ts'

/** A file that a store holds. */
export interface StoredFile {
  /** `backup/file`, below the root of the store. */
  readonly key: string
  readonly bytes: number
  /** When the store got it; null where it does not tell. */
  readonly modifiedAt: Date | null
}

/** Where backups lie besides a folder of this machine: the same five verbs for every kind. Keys are `backup/file`. */
export interface BackupStore {
  /** For messages; never holds a secret. */
  readonly name: string
  /** Puts a file under a key, which shows nothing or the whole file. */
  put(key: string, path: string): Promise<void>
  /** @throws {DbopsError} INTEGRITY when it is missing */
  get(key: string): AsyncIterable<Uint8Array>
  /** Everything below the root that is named as a file of a backup. */
  list(): Promise<StoredFile[]>
  remove(key: string): Promise<void>
  close(): Promise<void>
}

/** How much is sent at once to stores that take files in parts, bytes. */
export const PART_BYTES = 8 << 20

const KEY = /^[A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*$/

/** Whether a name that a store gives out may become a path on this machine: one folder, one file, no dots that lead elsewhere. */
export function isBackupKey(key: string): boolean {
  return KEY.test(key)
}

/** A refusal of a store under a code of ours. */
export function storeError(store: string, what: string, cause: unknown): DbopsError {
  if (cause instanceof DbopsError) return cause
  const { status, statusCode, code, message } = cause as {
    status?: number
    statusCode?: number
    code?: unknown
    message?: string
  }
  const answered = status ?? statusCode ?? Number(/\b(?:status|code)[^0-9]{0,3}([45]\d\d)\b/i.exec(message ?? '')?.[1])
  // fetch hides why in its cause
  const reason = (cause as { cause?: { message?: string } }).cause?.message || message || String(cause)
  const words = `${store}: ${what}: ${reason.split('\n')[0]}`
  if (answered === 401 || answered === 403 || code === 'EACCES' || code === 'EPERM')
    return new DbopsError('PERMISSION_DENIED', words, { cause, hint: 'the keys, and their rights on this store' })
  if (answered === 404) return new DbopsError('INTEGRITY', words, { cause })
  if (code === 'ENOSPC') return new DbopsError('CHILD_FAILED', words, { cause, hint: 'make room in the store' })
  return new DbopsError('CONNECTION_LOST', words, { cause })
}
