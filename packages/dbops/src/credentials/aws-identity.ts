import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sectionOf } from '../command/ini-section.ts'
import { DbopsError } from '../errors.ts'
import { findHome } from '../home-folder.ts'
import { Secret } from '../secret.ts'
import { type JsonRequest, type JsonResponse, requestJson } from './https-json.ts'

/** Keys that sign requests; those of roles have a session token and an end. */
export interface AwsIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret | null
  readonly untilMs: number
}

export interface AwsOptions {
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly region: string
  readonly ca?: string | undefined
}

/** The metadata of a machine answers at once, or there is none. */
const METADATA_TIMEOUT_MS = 1_000
const CONTAINER_HOST = 'http://169.254.170.2'

/**
 * Who we are to AWS: keys in variables, in the shared credentials file, of a web identity (AWS_WEB_IDENTITY_TOKEN_FILE), of the
 * container, or of the machine, in this order; null when there is nobody.
 * @throws {DbopsError} SECRET_FORBIDDEN when an identity that was named is refused
 */
export async function findAwsIdentity(options: AwsOptions): Promise<AwsIdentity | null> {
  const { variables } = options
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, AWS_SESSION_TOKEN: token } = variables
  if (id && key) return identity(id, key, token)
  return (
    fromSharedFile(variables) ??
    (await fromWebIdentity(options)) ??
    (await fromContainer(options)) ??
    (await fromMachine(options))
  )
}

function identity(id: string, key: string, token: string | undefined, until?: string): AwsIdentity {
  return {
    accessKeyId: id,
    secretAccessKey: new Secret(key),
    sessionToken: token ? new Secret(token) : null,
    untilMs: until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until),
  }
}

function fromSharedFile(variables: AwsOptions['variables']): AwsIdentity | null {
  const path = variables.AWS_SHARED_CREDENTIALS_FILE || join(findHome(variables.HOME) ?? '/', '.aws', 'credentials')
  const profile = variables.AWS_PROFILE || 'default'
  const words = existsSync(path) ? sectionOf(readFileSync(path, 'utf8'), profile) : null
  const { aws_access_key_id: id, aws_secret_access_key: key, aws_session_token: token } = words ?? {}
  return id && key ? identity(id, key, token) : null
}

/** AssumeRoleWithWebIdentity needs no signature: the token is the proof. Its answer is XML of plain elements. */
async function fromWebIdentity({ variables, region, ca }: AwsOptions): Promise<AwsIdentity | null> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role } = variables
  if (!file || !role) return null
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: variables.AWS_ROLE_SESSION_NAME || 'dbops',
    WebIdentityToken: readFileSync(file, 'utf8').trim(),
  })
  const { status, text } = await requestJson({
    url: variables.AWS_ENDPOINT_URL_STS || `https://sts.${region}.${awsDomain(region)}/`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
    ca,
  })
  const element = (name: string): string | undefined => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1]
  const [id, key] = [element('AccessKeyId'), element('SecretAccessKey')]
  if (status === 200 && id && key) return identity(id, key, element('SessionToken'), element('Expiration'))
  throw new DbopsError('SECRET_FORBIDDEN', `AWS does not let this identity be ${role} (${element('Code') ?? status})`, {
    hint: 'let the role trust the issuer and subject of the token',
  })
}

async function fromContainer({ variables, ca }: AwsOptions): Promise<AwsIdentity | null> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: full, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative } = variables
  if (!full && !relative) return null
  const file = variables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  const token = file ? readFileSync(file, 'utf8').trim() : variables.AWS_CONTAINER_AUTHORIZATION_TOKEN
  const answer = await requestJson({
    url: full || `${CONTAINER_HOST}${relative}`,
    ca,
    ...(token ? { headers: { authorization: token } } : {}),
  })
  const found = ofRole(answer)
  if (found === null) throw new DbopsError('SECRET_FORBIDDEN', `the container's identity answers ${answer.status}`)
  return found
}

/** Instance metadata, version 2: a session first, then the role, then its keys. */
async function fromMachine({ variables, ca }: AwsOptions): Promise<AwsIdentity | null> {
  if (variables.AWS_EC2_METADATA_DISABLED === 'true') return null
  const host = variables.AWS_EC2_METADATA_SERVICE_ENDPOINT?.replace(/\/$/, '') || 'http://169.254.169.254'
  const ask = (path: string, more: Partial<JsonRequest>): Promise<JsonResponse> =>
    requestJson({ url: `${host}/latest/${path}`, timeoutMs: METADATA_TIMEOUT_MS, ca, ...more })
  let session: JsonResponse
  try {
    session = await ask('api/token', { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' } })
  } catch {
    return null // no such machine
  }
  const headers = { 'x-aws-ec2-metadata-token': session.text }
  const role = await ask('meta-data/iam/security-credentials/', { headers })
  if (session.status !== 200 || role.status !== 200) return null
  return ofRole(await ask(`meta-data/iam/security-credentials/${role.text.trim()}`, { headers }))
}

function ofRole({ status, body }: JsonResponse): AwsIdentity | null {
  const words = (body ?? {}) as Readonly<Record<string, string | undefined>>
  const { AccessKeyId: id, SecretAccessKey: key, Token: token, Expiration: until } = words
  return status === 200 && id && key ? identity(id, key, token, until) : null
}

export function awsDomain(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}
