import { randomUUID } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { AwsCommandLine, fieldOf } from './aws-command-line.ts'
import { type AwsIdentity, awsDomain, findAwsIdentity } from './aws-identity.ts'
import { type JsonResponse, requestJson } from './https-json.ts'
import type { SecretName, SecretProvider, SecretVersion, VersionedSecret } from './secret-provider.ts'

export interface AwsSecretsOptions {
  /** Null takes AWS_REGION or AWS_DEFAULT_REGION. */
  readonly region: string | null
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly ca?: string
  /** Told when `aws` answers because no identity is there; without it that way is shut. */
  readonly onCommandLine?: (text: string) => void
}

const RENEW_BEFORE_MS = 60_000

/**
 * AWS Secrets Manager over HTTP, each request signed with Signature Version 4. A name may end in `#field` for one field of a secret that is
 * a JSON object, as those of RDS are.
 */
export class AwsSecretsManager implements SecretProvider {
  readonly name = 'AWS Secrets Manager'
  readonly #options: AwsSecretsOptions
  #identity: AwsIdentity | null = null

  constructor(options: AwsSecretsOptions) {
    this.#options = options
  }

  async read(name: string, version?: string): Promise<VersionedSecret> {
    const [id, field] = name.split('#')
    const found = await this.#call('GetSecretValue', { SecretId: id, ...(version ? { VersionId: version } : {}) })
    if (found === null) return await new AwsCommandLine().read(name, version)
    const { SecretString: text, VersionId: got = '' } = found as { SecretString?: string; VersionId?: string }
    if (text === undefined) throw new DbopsError('SECRET_INVALID', `secret ${id} of ${this.name} is no text`)
    const whole = new Secret(text) // known from now on, so that no text shows it
    return { value: field === undefined ? whole : fieldOf(text, field, id), version: got }
  }

  async write(name: string, value: Secret): Promise<string> {
    if (name.includes('#')) throw new DbopsError('USAGE', `${name}: only a whole secret is written`)
    const found = await this.#call('PutSecretValue', {
      SecretId: name,
      SecretString: value.reveal(),
      // one write, however often it is sent
      ClientRequestToken: randomUUID(),
    })
    if (found === null) return await new AwsCommandLine().write(name, value)
    return (found as { VersionId?: string }).VersionId ?? ''
  }

  async versions(name: string): Promise<SecretVersion[]> {
    const [id] = name.split('#')
    const all: SecretVersion[] = []
    let next: string | undefined
    do {
      const page = { SecretId: id, IncludeDeprecated: true, ...(next === undefined ? {} : { NextToken: next }) }
      const found = await this.#call('ListSecretVersionIds', page)
      if (found === null) return await new AwsCommandLine().versions(name)
      const { Versions: versions = [], NextToken: more } = found as {
        Versions?: { VersionId: string; CreatedDate?: number }[]
        NextToken?: string
      }
      for (const { VersionId: version, CreatedDate: seconds } of versions) {
        const createdAt = seconds === undefined ? null : new Date(seconds * 1000).toISOString()
        all.push({ version, createdAt, state: 'usable' })
      }
      next = more
    } while (next !== undefined)
    return all.sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''))
  }

  async names(): Promise<SecretName[]> {
    const all: SecretName[] = []
    let next: string | undefined
    do {
      const found = await this.#call('ListSecrets', next === undefined ? {} : { NextToken: next })
      if (found === null) return await new AwsCommandLine().names()
      const { SecretList: list = [], NextToken: more } = found as { SecretList?: ListedSecret[]; NextToken?: string }
      for (const { Name: name, LastChangedDate: seconds } of list)
        all.push({
          name,
          version: null,
          updatedAt: seconds === undefined ? null : new Date(seconds * 1000).toISOString(),
          state: 'usable',
        })
      next = more
    } while (next !== undefined)
    return all
  }

  /** The answer; null when nobody is here and the command line may be asked. */
  async #call(action: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { variables, ca, onCommandLine } = this.#options
    const region = this.#options.region ?? (variables.AWS_REGION || variables.AWS_DEFAULT_REGION) ?? ''
    const who = region === '' ? null : await this.#who(region)
    if (who === null && onCommandLine !== undefined) {
      onCommandLine('no identity and region of AWS are set here: the aws command line is asked')
      return null
    }
    if (region === '')
      throw new DbopsError('USAGE', 'no region of AWS is named', { hint: 'set AWS_REGION, or give aws:REGION' })
    if (who === null)
      throw new DbopsError('SECRET_FORBIDDEN', 'no identity for AWS: neither keys nor a role are set here', {
        hint: 'give the machine or the container a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      })
    const endpoint =
      variables.AWS_ENDPOINT_URL_SECRETS_MANAGER ||
      variables.AWS_ENDPOINT_URL ||
      `https://secretsmanager.${region}.${awsDomain(region)}/`
    const { headers, body } = await signed({ endpoint, region, who, action, input })
    const answer = await requestJson({ url: endpoint, method: 'POST', headers, body, ca, isBusy })
    if (answer.status === 200) return answer.body
    throw failure(answer, `secret ${String(input.SecretId ?? 'names')} of ${this.name}`, action)
  }

  async #who(region: string): Promise<AwsIdentity | null> {
    const { variables, ca } = this.#options
    if (this.#identity === null || this.#identity.untilMs - RENEW_BEFORE_MS < Date.now())
      this.#identity = await findAwsIdentity({ variables, region, ca })
    return this.#identity
  }
}

/** A secret in the list of AWS; the time in seconds. */
interface ListedSecret {
  readonly Name: string
  readonly LastChangedDate?: number
}

interface Unsigned {
  readonly endpoint: string
  readonly region: string
  readonly who: AwsIdentity
  readonly action: string
  readonly input: Readonly<Record<string, unknown>>
}

async function signed({ endpoint, region, who, action, input }: Unsigned) {
  const body = JSON.stringify(input)
  const signer = new AwsV4Signer({
    url: endpoint,
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${action}` },
    body,
    service: 'secretsmanager',
    region,
    accessKeyId: who.accessKeyId,
    secretAccessKey: who.secretAccessKey.reveal(),
    ...(who.sessionToken === null ? {} : { sessionToken: who.sessionToken.reveal() }),
  })
  const { headers } = await signer.sign()
  return { headers: Object.fromEntries(headers), body }
}

/** AWS says "slow down" with a 400. */
function isBusy({ body }: JsonResponse): boolean {
  return /Throttling|TooManyRequests/.test(typeOf(body))
}

function typeOf(body: unknown): string {
  return (body as { __type?: string } | null)?.__type?.split('#').at(-1) ?? ''
}

function failure({ status, body }: JsonResponse, where: string, action: string): DbopsError {
  const type = typeOf(body)
  const said = (body as { message?: string; Message?: string } | null) ?? {}
  const words = said.message ?? said.Message ?? ''
  if (type === 'ResourceNotFoundException') return new DbopsError('SECRET_MISSING', `${where} does not exist`)
  if (type === 'InvalidRequestException' && /deleti|deleted/i.test(words))
    return new DbopsError('SECRET_MISSING', `${where} is marked for deletion and can be restored`)
  if (type === 'DecryptionFailure' || type === 'EncryptionFailure')
    return new DbopsError('SECRET_FORBIDDEN', `${where}: its key of KMS may not be used`, {
      hint: 'give the identity kms:Decrypt (kms:GenerateDataKey to write) on that key',
    })
  if (type === 'AccessDeniedException')
    return new DbopsError('SECRET_FORBIDDEN', `${where}: this identity may not`, {
      hint: `give it secretsmanager:${action} on this secret`,
    })
  if (/ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|IncompleteSignature/.test(type))
    return new DbopsError('SECRET_FORBIDDEN', `${where}: AWS does not know this identity (${type})`, {
      hint: 'look at the keys, the session and the clock of this machine',
    })
  if (status === 400) return new DbopsError('USAGE', `${where}: AWS refuses the request (${type || 'no reason'})`)
  return new DbopsError('CONNECTION_REFUSED', `${where}: AWS answers ${status} ${type}`)
}
