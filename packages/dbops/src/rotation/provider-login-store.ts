import type { SecretProvider } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { LoginStore, StoredLogin } from './secret-store.ts'

/** A login as one secret of a provider, `{"user", "password"}`: both change in one version, so that no client reads half of it. */
export class ProviderLoginStore implements LoginStore {
  readonly #provider: SecretProvider
  readonly #secretName: string

  constructor(provider: SecretProvider, secretName: string) {
    this.#provider = provider
    this.#secretName = secretName
  }

  get name(): string {
    return `secret ${this.#secretName} of ${this.#provider.name}`
  }

  read(): Promise<StoredLogin> {
    return this.#read()
  }

  readVersion(version: string): Promise<StoredLogin> {
    return this.#read(version)
  }

  async #read(wanted?: string): Promise<StoredLogin> {
    const { value, version } = await this.#provider.read(this.#secretName, wanted)
    try {
      const { user, password } = JSON.parse(value.reveal()) as Record<string, unknown>
      if (typeof user === 'string' && typeof password === 'string')
        return { user, password: new Secret(password), version }
    } catch {
      // said below, without the value
    }
    throw new DbopsError('SECRET_INVALID', `${this.name} is not {"user", "password"}`)
  }

  async write({ user, password }: { readonly user: string; readonly password: Secret }): Promise<void> {
    await this.#provider.write(this.#secretName, new Secret(JSON.stringify({ user, password: password.reveal() })))
  }
}
