import { createHmac } from 'node:crypto'
import { tokenRequest } from '../credentials/azure-token.ts'
import { requestJson } from '../credentials/https-json.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'

const API_VERSION = '2021-12-02'
const SCOPE = 'https://storage.azure.com'

/** How a request to the store proves who asks: a signature in the URL (SAS), the key of the account, or a token of Entra. */
export interface AzureAccess {
  /** The URL and headers to send. `headers` are lower case and complete but for what is added here. */
  authorize(request: AzureRequest): Promise<{ readonly url: URL; readonly headers: Readonly<Record<string, string>> }>
}

export interface AzureRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: number
}

/** A shared access signature, which is narrower than the key and ends by itself: it is the one to be preferred. */
export function sasAccess(token: Secret): AzureAccess {
  const words = new URLSearchParams(token.reveal().replace(/^\?/, ''))
  if (!words.has('sig')) throw new DbopsError('SECRET_INVALID', 'AZURE_STORAGE_SAS_TOKEN holds no signature (sig=…)')
  return {
    async authorize({ url, headers }) {
      const signed = new URL(url)
      for (const [name, value] of words) signed.searchParams.set(name, value)
      return { url: signed, headers: { ...headers, 'x-ms-version': API_VERSION } }
    },
  }
}

/** The key of the account, by the scheme "Shared Key" of the reference of the REST API. */
export function sharedKeyAccess(account: string, key: Secret): AzureAccess {
  const bytes = Buffer.from(key.reveal(), 'base64')
  if (bytes.length < 32) throw new DbopsError('SECRET_INVALID', 'AZURE_STORAGE_KEY is no base64 key')
  return {
    async authorize({ method, url, headers, bytes: length }) {
      const all: Record<string, string> = {
        ...headers,
        'x-ms-version': API_VERSION,
        'x-ms-date': new Date().toUTCString(),
      }
      const text = [
        method,
        ...['content-encoding', 'content-language'].map((name) => all[name] ?? ''),
        length === 0 ? '' : String(length),
        ...['content-md5', 'content-type', 'date', 'if-modified-since', 'if-match'].map((name) => all[name] ?? ''),
        ...['if-none-match', 'if-unmodified-since', 'range'].map((name) => all[name] ?? ''),
        ...canonicalHeaders(all),
        canonicalResource(account, url),
      ].join('\n')
      const signature = createHmac('sha256', bytes).update(text).digest('base64')
      return { url, headers: { ...all, authorization: `SharedKey ${account}:${signature}` } }
    },
  }
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(headers).filter((name) => name.startsWith('x-ms-'))
  return names.sort().map((name) => `${name}:${headers[name].trim()}`)
}

function canonicalResource(account: string, url: URL): string {
  const words = [...new Set(url.searchParams.keys())].sort()
  const lines = words.map((name) => `${name.toLowerCase()}:${url.searchParams.getAll(name).sort().join(',')}`)
  return [`/${account}${url.pathname}`, ...lines].join('\n')
}

/** A token of an identity: of the workload, of an application, or of the machine. */
export function identityAccess(variables: Readonly<Record<string, string | undefined>>): AzureAccess {
  let token: { readonly value: Secret; readonly untilMs: number } | null = null
  return {
    async authorize({ url, headers }) {
      if (token === null || token.untilMs < Date.now()) token = await fetchToken(variables)
      return {
        url,
        headers: { ...headers, 'x-ms-version': API_VERSION, authorization: `Bearer ${token.value.reveal()}` },
      }
    },
  }
}

async function fetchToken(variables: Readonly<Record<string, string | undefined>>) {
  const { status, body } = await requestJson(tokenRequest(variables, SCOPE))
  const { access_token: value, expires_in: seconds = 300 } = (body ?? {}) as {
    access_token?: string
    expires_in?: number | string
  }
  if (status !== 200 || value === undefined)
    throw new DbopsError('AUTHENTICATION_FAILED', `no token for the store: the identity service answers ${status}`, {
      hint: 'AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_KEY (both also with _FILE) instead',
    })
  return { value: new Secret(value), untilMs: Date.now() + (Number(seconds) - 120) * 1000 }
}
