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

/** A secret that a provider keeps, without its value. */
export interface SecretName {
  readonly name: string
  /** The newest; null where a list does not tell. */
  readonly version: string | null
  /** Of the newest version, ISO 8601; null where the provider does not tell. */
  readonly updatedAt: string | null
  readonly state: SecretVersion['state']
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
  /** Every secret by name; asks for the right to list, not to read. @throws {DbopsError} SECRET_FORBIDDEN */
  names(): Promise<SecretName[]>
}
