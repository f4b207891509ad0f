import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { type JsonResponse, requestJson } from './https-json.ts'
import type { SecretName, SecretProvider, SecretVersion, VersionedSecret } from './secret-provider.ts'

export interface VaultOptions {
  /** `https://vault.example:8200`. */
  readonly address: string
  readonly token: Secret
  /** Mount of the KV engine, version 2; `secret`. */
  readonly mount?: string
  readonly ca?: string
}

/** HashiCorp Vault, key-value engine version 2: a secret is `path#field`, the field `value` when none is named. */
export class HashicorpVault implements SecretProvider {
  readonly #options: VaultOptions

  constructor(options: VaultOptions) {
    this.#options = options
  }

  get name(): string {
    return `Vault ${new URL(this.#options.address).host}`
  }

  async read(name: string, version?: string): Promise<VersionedSecret> {
    const [path, field = 'value'] = name.split('#')
    const { status, body } = await this.#call('GET', `${path}${version === undefined ? '' : `?version=${version}`}`)
    const { data } = (body ?? {}) as {
      data?: { data?: Record<string, string> | null; metadata?: { version?: number; deletion_time?: string } }
    }
    if (status === 404 && data?.metadata?.deletion_time)
      throw new DbopsError('SECRET_MISSING', `secret ${path} of ${this.name} was deleted in this version`)
    if (status !== 200) throw this.#failure(status, path)
    const value = data?.data?.[field]
    if (value === undefined)
      throw new DbopsError('SECRET_MISSING', `secret ${path} of ${this.name} has no field ${field}`)
    return { value: new Secret(value), version: String(data?.metadata?.version ?? '') }
  }

  async write(name: string, value: Secret): Promise<string> {
    const [path, field = 'value'] = name.split('#')
    const { status, body } = await this.#call('POST', path, JSON.stringify({ data: { [field]: value.reveal() } }))
    if (status !== 200 && status !== 204) throw this.#failure(status, path)
    return String((body as { data?: { version?: number } } | null)?.data?.version ?? '')
  }

  /**
   * A login of its own from the database engine, which takes it back when the lease is over; a program that goes on for longer asks anew.
   * @throws {DbopsError} SECRET_FORBIDDEN, SECRET_MISSING
   */
  async databaseLogin(role: string, mount = 'database'): Promise<{ user: string; password: Secret; seconds: number }> {
    const path = `${mount}/creds/${role}`
    const { status, body } = await this.#get(`/v1/${path}`)
    if (status !== 200) throw this.#failure(status, path)
    const { data, lease_duration: seconds = 0 } = body as {
      data?: { username?: string; password?: string }
      lease_duration?: number
    }
    if (!data?.username || !data.password)
      throw new DbopsError('SECRET_INVALID', `${path} of ${this.name} gave no username and password`)
    return { user: data.username, password: new Secret(data.password), seconds }
  }

  #get(path: string): Promise<JsonResponse> {
    const { address, token, ca } = this.#options
    return requestJson({
      url: `${address.replace(/\/$/, '')}${path}`,
      headers: { 'x-vault-token': token.reveal(), 'x-vault-request': 'true' },
      ...(ca === undefined ? {} : { ca }),
    })
  }

  async versions(name: string): Promise<SecretVersion[]> {
    const [path] = name.split('#')
    const { status, body } = await this.#call('GET', path, undefined, 'metadata')
    if (status !== 200) throw this.#failure(status, path)
    const { data } = (body ?? {}) as {
      data?: { versions?: Record<string, { created_time: string; deletion_time?: string; destroyed?: boolean }> }
    }
    return Object.entries(data?.versions ?? {})
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([version, { created_time: createdAt, deletion_time: deletedAt, destroyed = false }]) => ({
        version,
        createdAt,
        state: destroyed || deletedAt ? ('deleted' as const) : ('usable' as const),
      }))
  }

  /** Paths at the top of the mount; what ends in a slash holds further ones. */
  async names(): Promise<SecretName[]> {
    const { status, body } = await this.#call('GET', '?list=true', undefined, 'metadata')
    if (status === 404) return [] // nothing was ever written
    if (status !== 200) throw this.#failure(status, 'names')
    const { data } = (body ?? {}) as { data?: { keys?: string[] } }
    return (data?.keys ?? []).map((name) => ({ name, version: null, updatedAt: null, state: 'usable' }))
  }

  /** Names of the fields of a secret, without their values. @throws {DbopsError} SECRET_MISSING, SECRET_FORBIDDEN */
  async fields(path: string): Promise<readonly string[]> {
    const { status, body } = await this.#call('GET', path, undefined, 'subkeys')
    if (status !== 200) throw this.#failure(status, path)
    const { data } = (body ?? {}) as { data?: { subkeys?: Record<string, unknown> } }
    return Object.keys(data?.subkeys ?? {})
  }

  #call(method: 'GET' | 'POST', path: string, body?: string, area = 'data'): Promise<JsonResponse> {
    const { address, token, mount = 'secret', ca } = this.#options
    return requestJson({
      url: `${address.replace(/\/$/, '')}/v1/${mount}/${area}/${path}`,
      method,
      headers: { 'x-vault-token': token.reveal(), 'x-vault-request': 'true' },
      ...(body === undefined ? {} : { body }),
      ...(ca === undefined ? {} : { ca }),
    })
  }

  #failure(status: number, path: string): DbopsError {
    if (status === 403)
      return new DbopsError('SECRET_FORBIDDEN', `secret ${path} of ${this.name}: the token may not`, {
        hint: 'give its policy read on this path, or renew the token',
      })
    if (status === 404) return new DbopsError('SECRET_MISSING', `secret ${path} of ${this.name} does not exist`)
    if (status === 503) return new DbopsError('CONNECTION_REFUSED', `${this.name} is sealed`)
    return new DbopsError('CONNECTION_REFUSED', `${this.name} answers ${status}`)
  }
}
