import type { Secret } from '../secret.ts'

/** A value with the version its provider gives it. */
export interface VersionedSecret {
  readonly value: Secret
  readonly version: string
}

/** Where secrets are kept, by name. */
export interface SecretProvider {
  /** Kind and place, for messages. */
  readonly name: string
  /** The newest version, or a given one. @throws {DbopsError} SECRET_MISSING, SECRET_FORBIDDEN, SECRET_DISABLED */
  read(name: string, version?: string): Promise<VersionedSecret>
  /** Makes it the newest version. */
  write(name: string, value: Secret): Promise<string>
}
