import { existsSync, readFileSync } from 'node:fs'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { atomicWrite } from '../state/atomic-write.ts'

/** A login as a provider keeps it, with the provider's own version of it. */
export interface StoredLogin {
  readonly user: string
  readonly password: Secret
  readonly version: string
}

/** Where applications read their login from. */
export interface LoginStore {
  /** For messages: kind and place, no secret. */
  readonly name: string
  /** What a client would get now. @throws {DbopsError} */
  read(): Promise<StoredLogin>
  /** Publishes a login; the next {@link read} anywhere returns it. @throws {DbopsError} */
  write(login: { readonly user: string; readonly password: Secret }): Promise<void>
  /** A former one, where the provider keeps them. @throws {DbopsError} */
  readVersion?(version: string): Promise<StoredLogin>
}

/** A JSON file `{"user", "password", "version"}` that only its owner may read; replaced as a whole. */
export class FileLoginStore implements LoginStore {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  get name(): string {
    return `file ${this.#path}`
  }

  async read(): Promise<StoredLogin> {
    if (!existsSync(this.#path)) throw new DbopsError('SECRET_MISSING', `login file ${this.#path} does not exist`)
    try {
      const { user, password, version } = JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, unknown>
      if (typeof user === 'string' && typeof password === 'string')
        return { user, password: new Secret(password), version: String(version ?? '0') }
    } catch {
      // said below, without the content
    }
    throw new DbopsError('SECRET_INVALID', `login file ${this.#path} is damaged`)
  }

  async write({ user, password }: { readonly user: string; readonly password: Secret }): Promise<void> {
    const before = existsSync(this.#path) ? Number((await this.read()).version) : 0
    const content = { user, password: password.reveal(), version: String(before + 1) }
    atomicWrite(this.#path, `${JSON.stringify(content)}\n`)
  }
}
