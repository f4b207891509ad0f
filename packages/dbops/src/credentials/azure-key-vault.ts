import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { isIdentityNamed, scopeOf, tokenRequest } from './azure-token.ts'
import { cloudCommand } from './cloud-command.ts'
import { type JsonResponse, requestJson } from './https-json.ts'
import type { SecretName, SecretProvider, SecretVersion, VersionedSecret } from './secret-provider.ts'

const API_VERSION = '7.4'

export interface KeyVaultOptions {
  /** `https://name.vault.azure.net`, or of another cloud. */
  readonly vaultUrl: string
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly ca?: string
  readonly timeoutMs?: number
  /** Told when the token comes of `az` because no identity answers; without it that way is shut. */
  readonly onCommandLine?: (text: string) => void
}

/**
 * Azure Key Vault over REST. The token comes from workload identity (AZURE_FEDERATED_TOKEN_FILE), a client certificate
 * (AZURE_CLIENT_CERTIFICATE_PATH) or secret (AZURE_CLIENT_SECRET), the identity endpoint of App Service (IDENTITY_ENDPOINT) or the instance metadata, in this order, and where none of them is set and no
 * metadata answers, of the login of `az` where that is allowed; it is kept in memory until it expires.
 */
export class AzureKeyVault implements SecretProvider {
  readonly #options: KeyVaultOptions
  #token: { readonly value: string; readonly untilMs: number } | null = null

  constructor(options: KeyVaultOptions) {
    this.#options = options
  }

  get name(): string {
    return `Key Vault ${new URL(this.#options.vaultUrl).host}`
  }

  async read(name: string, version = ''): Promise<VersionedSecret> {
    const { status, body } = await this.#call(
      'GET',
      `/secrets/${encodeURIComponent(name)}${version === '' ? '' : `/${encodeURIComponent(version)}`}`,
    )
    if (status !== 200) throw this.#failure(status, body, name, 'get')
    const { value, id = '' } = body as { value: string; id?: string }
    return { value: new Secret(value), version: id.split('/').at(-1) ?? '' }
  }

  async write(name: string, value: Secret): Promise<string> {
    const { status, body } = await this.#call(
      'PUT',
      `/secrets/${encodeURIComponent(name)}`,
      JSON.stringify({ value: value.reveal() }),
    )
    if (status !== 200) throw this.#failure(status, body, name, 'set')
    return (body as { id?: string }).id?.split('/').at(-1) ?? ''
  }

  async versions(name: string): Promise<SecretVersion[]> {
    const found = await this.#pages(`/secrets/${encodeURIComponent(name)}/versions`, name)
    return found
      .map(({ id, attributes }) => ({
        version: lastPart(id),
        createdAt: timeOf(attributes?.created),
        state: stateOf(attributes),
      }))
      .sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
  }

  async names(): Promise<SecretName[]> {
    const found = await this.#pages('/secrets', 'names')
    return found.map(({ id, attributes }) => ({
      name: decodeURIComponent(lastPart(id)),
      version: null,
      updatedAt: timeOf(attributes?.updated ?? attributes?.created),
      state: stateOf(attributes),
    }))
  }

  /** Everything of a list, page by page. */
  async #pages(first: string, name: string): Promise<ListedItem[]> {
    const all: ListedItem[] = []
    const base = this.#options.vaultUrl.replace(/\/$/, '')
    let path: string | null = first
    while (path !== null) {
      const { status, body } = await this.#call('GET', path)
      if (status !== 200) throw this.#failure(status, body, name, 'list')
      const { value = [], nextLink } = body as { value?: ListedItem[]; nextLink?: string | null }
      all.push(...value)
      // the token goes to the vault alone, whatever the answer says
      path = nextLink?.startsWith(`${base}/`) ? nextLink.slice(base.length) : null
    }
    return all
  }

  async #call(method: 'GET' | 'PUT', path: string, body?: string): Promise<JsonResponse> {
    const { vaultUrl, ca, timeoutMs } = this.#options
    const version = path.includes('api-version=') ? '' : `${path.includes('?') ? '&' : '?'}api-version=${API_VERSION}`
    const url = `${vaultUrl.replace(/\/$/, '')}${path}${version}`
    const call = async (): Promise<JsonResponse> =>
      await requestJson({
        url,
        method,
        headers: {
          authorization: `Bearer ${await this.#bearer()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        ...(ca === undefined ? {} : { ca }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      })
    const first = await call()
    if (first.status !== 401 || this.#token === null) return first
    this.#token = null // it may have been taken back before it expired
    return await call()
  }

  #failure(status: number, body: unknown, name: string, right: 'get' | 'set' | 'list'): DbopsError {
    const { code = '', innererror } =
      (body as { error?: { code?: string; innererror?: { code?: string } } } | null)?.error ?? {}
    const where = `secret ${name} of ${this.name}`
    if (status === 403 && innererror?.code === 'SecretDisabled')
      return new DbopsError('SECRET_DISABLED', `${where} is disabled`)
    if (status === 401 || status === 403)
      return new DbopsError('SECRET_FORBIDDEN', `${where}: this identity may not (${status})`, {
        hint: `give it the permission secrets/${right}`,
      })
    if (status === 404 && /deleted|Recover/i.test(code))
      return new DbopsError('SECRET_MISSING', `${where} was deleted and can be recovered`)
    if (status === 404) return new DbopsError('SECRET_MISSING', `${where} does not exist`)
    if (status === 400)
      return new DbopsError('USAGE', `${where}: the vault refuses the request (${code || 'BadParameter'})`)
    return new DbopsError('CONNECTION_REFUSED', `${where}: the vault answers ${status}`)
  }

  async #bearer(): Promise<string> {
    if (this.#token !== null && Date.now() < this.#token.untilMs) return this.#token.value
    const { status, body } = await this.#tokenAnswer()
    const { access_token: value, expires_in: seconds = 300 } = (body ?? {}) as {
      access_token?: string
      expires_in?: number | string
    }
    if (status !== 200 || value === undefined)
      throw new DbopsError('SECRET_FORBIDDEN', `no token for the vault: the identity service answers ${status}`)
    new Secret(value) // known from now on, so that no text shows it
    this.#token = { value, untilMs: Date.now() + (Number(seconds) - 60) * 1000 }
    return value
  }

  async #tokenAnswer(): Promise<Pick<JsonResponse, 'status' | 'body'>> {
    const { variables, ca, timeoutMs = 5_000, onCommandLine } = this.#options
    const scope = scopeOf(this.#options.vaultUrl)
    const mayFallBack = onCommandLine !== undefined && !isIdentityNamed(variables)
    try {
      const answer = await requestJson({
        ...tokenRequest(variables, scope),
        ...(ca === undefined ? {} : { ca }),
        timeoutMs,
      })
      if (answer.status === 200 || !mayFallBack) return answer
    } catch (error) {
      if (!mayFallBack) throw error
    }
    onCommandLine('no identity of this machine answers: the token comes of the login of az')
    const { accessToken, expires_on: untilSeconds } = (await cloudCommand('az', [
      'account',
      'get-access-token',
      '--resource',
      scope,
    ])) as { accessToken?: string; expires_on?: number }
    const seconds = untilSeconds === undefined ? 300 : untilSeconds - Date.now() / 1000
    return { status: 200, body: { access_token: accessToken, expires_in: seconds } }
  }
}

/** A secret or a version in a list of the vault; times in seconds. */
interface ListedItem {
  readonly id: string
  readonly attributes?: { readonly created?: number; readonly updated?: number; readonly enabled?: boolean }
}

function lastPart(id: string): string {
  return id.split('/').at(-1) ?? ''
}

function timeOf(seconds: number | undefined): string | null {
  return seconds === undefined ? null : new Date(seconds * 1000).toISOString()
}

function stateOf(attributes: ListedItem['attributes']): SecretVersion['state'] {
  return attributes?.enabled === false ? 'disabled' : 'usable'
}
