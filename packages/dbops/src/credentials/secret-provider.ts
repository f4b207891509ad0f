import type { Secret } from '../secret.ts'

/** A value with the version its provider gives it. */
export interface VersionedSecret {
  readonly value: Secret
  readonly version: string
}

/** One version of a secret, without its value. */
export interface SecretVersion {
  readonly version: string
  /** ISO 8601; null where the provider does not tell. */
  readonly createdAt: string | null
  /** `deleted` and `disabled` ones cannot be read. */
  readonly state: 'usable' | 'disabled' | 'deleted'
}

/** Where secrets are kept, by name. */
export interface SecretProvider {
  /** Kind and place, for messages. */
  readonly name: string
  /** The newest version, or a given one. @throws {DbopsError} SECRET_MISSING, SECRET_FORBIDDEN, SECRET_DISABLED */
  read(name: string, version?: string): Promise<VersionedSecret>
  /** Makes it the newest version. */
  write(name: string, value: Secret): Promise<string>
  /** Every version, oldest first; no values. @throws {DbopsError} SECRET_MISSING, SECRET_FORBIDDEN */
  versions(name: string): Promise<SecretVersion[]>
}
