import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

type Variables = Readonly<Record<string, string | undefined>>

const ASSERTION_SECONDS = 300

/** The audience of tokens for a vault, which each cloud names by its own suffix. */
export function scopeOf(vaultUrl: string): string {
  const suffix = /\.(vault\.[a-z.]+)$/.exec(new URL(vaultUrl).hostname)?.[1]
  return `https://${suffix ?? 'vault.azure.net'}`
}

/** An identity that was named must work; it is not passed over. */
export function isIdentityNamed(variables: Variables): boolean {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, IDENTITY_ENDPOINT: endpoint } = variables
  return Boolean(tenant || client || endpoint)
}

/** The request that gets a token: its answer has `access_token` and `expires_in`. */
export function tokenRequest(variables: Variables, scope: string) {
  const {
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: client,
    AZURE_CLIENT_SECRET: clientSecret,
    AZURE_CLIENT_CERTIFICATE_PATH: certificate,
  } = variables
  const authority = (variables.AZURE_AUTHORITY_HOST ?? 'https://login.microsoftonline.com').replace(/\/$/, '')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  if (tenant && client && (tokenFile || certificate || clientSecret)) {
    const words = new URLSearchParams({
      client_id: client,
      scope: `${scope}/.default`,
      grant_type: 'client_credentials',
    })
    const url = `${authority}/${tenant}/oauth2/v2.0/token`
    if (tokenFile || certificate) {
      const assertion = tokenFile
        ? readFileSync(tokenFile, 'utf8').trim()
        : certificateAssertion(readFileSync(certificate ?? '', 'utf8'), client, url)
      words.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      words.set('client_assertion', assertion)
    } else words.set('client_secret', clientSecret ?? '')
    return {
      url,
      method: 'POST',
      headers: form,
      body: words.toString(),
    } as const
  }
  const chosen = client ? `&client_id=${encodeURIComponent(client)}` : ''
  if (variables.IDENTITY_ENDPOINT && variables.IDENTITY_HEADER)
    return {
      url: `${variables.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${encodeURIComponent(scope)}${chosen}`,
      headers: { 'x-identity-header': variables.IDENTITY_HEADER },
    }
  const host = (variables.AZURE_POD_IDENTITY_AUTHORITY_HOST ?? 'http://169.254.169.254').replace(/\/$/, '')
  return {
    url: `${host}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${encodeURIComponent(scope)}${chosen}`,
    headers: { metadata: 'true' },
  }
}

/** A signed statement of who asks (RFC 7523), by the key that lies with the certificate in one PEM. */
function certificateAssertion(pem: string, client: string, audience: string): string {
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const thumbprint = createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')
  const nowSeconds = Math.floor(Date.now() / 1000)
  const head = encoded({ alg: 'RS256', typ: 'JWT', 'x5t#S256': thumbprint })
  const claims = encoded({
    aud: audience,
    iss: client,
    sub: client,
    jti: randomUUID(),
    nbf: nowSeconds,
    exp: nowSeconds + ASSERTION_SECONDS,
  })
  const signature = sign('sha256', Buffer.from(`${head}.${claims}`), createPrivateKey(pem)).toString('base64url')
  return `${head}.${claims}.${signature}`
}
