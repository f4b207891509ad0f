import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Call, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { credentialFormats } from '../credentials/credential-formats.ts'
import { parseDotenv } from '../credentials/dotenv.ts'
import {
  type CredentialField,
  credentialFields,
  type FoundCredentials,
  findCredentials,
} from '../credentials/find-credentials.ts'
import type { SecretProvider } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { hashicorpAt, secretPlace } from './secret-places.ts'

/** Options that say where a login comes from. */
export const sourceOptions = [
  { flags: '--dotenv <file>', description: 'variables of a file; not in production' },
  { flags: '--key-vault <url>', description: 'Azure Key Vault with db-host, db-port, db-name, db-user, db-password' },
  { flags: '--vault <url>', description: 'HashiCorp Vault (VAULT_TOKEN or VAULT_TOKEN_FILE), secret at --vault-path' },
  { flags: '--vault-path <path>', description: 'path of the secret with host, port, database, user, password' },
  {
    flags: '--vault-role <role>',
    description: 'role of the database engine of --vault, which makes user and password; the rest comes of variables',
  },
  {
    flags: '--aws-secret <id>',
    description:
      'secret of AWS Secrets Manager with host, port, dbname, username, password; region and identity as AWS tools take them',
  },
  { flags: '--exec <command>', description: 'program that prints {"host", "port", "database", "user", "password"}' },
  { flags: '--ca <file>', description: 'CA of the vault' },
  { flags: '--prefer <source>', description: 'source that wins when two disagree' },
] as const

/** In which form a login is printed or written. */
export const formOption = {
  flags: '--form <name>',
  description: `${credentialFormats.slice(0, -1).join(', ')} or ${credentialFormats.at(-1)} (default: url)`,
} as const

/** A complete login from the source that was named, else from variables and mounted files. */
export async function credentialsOf(call: Call): Promise<FoundCredentials> {
  const { environment } = call
  const onWarning = (text: string): void => call.progress(`warning: ${text}`)
  const prefer = textOption(call, 'prefer')
  const keyVault = textOption(call, 'keyVault')
  if (keyVault !== null)
    return await fromProvider(secretPlace('key-vault', keyVault, call), (field) => nameOf(call, 'keyVault', field))
  const vault = textOption(call, 'vault')
  const vaultRole = textOption(call, 'vaultRole')
  if (vault !== null && vaultRole !== null) return await fromEngine(call, vault, vaultRole)
  if (vault !== null) {
    const path = requiredOption(call, 'vaultPath', '--vault-path')
    return await fromProvider(secretPlace('vault', vault, call), (field) => `${path}#${nameOf(call, 'vault', field)}`)
  }
  const awsSecret = textOption(call, 'awsSecret')
  if (awsSecret !== null) {
    return await fromProvider(secretPlace('aws', '', call), (field) => `${awsSecret}#${nameOf(call, 'aws', field)}`)
  }
  const command = textOption(call, 'exec')
  if (command !== null) return fromExec(call, command)
  return findCredentials({ variables: withDotenv(call), environment, onWarning, prefer, names: call.credentialNames })
}

/** The variables, and those of --dotenv below them. @throws {DbopsError} REFUSED in production */
export function withDotenv(call: Call): Readonly<Record<string, string | undefined>> {
  const file = textOption(call, 'dotenv')
  if (file === null) return call.variables
  if (call.environment === 'production')
    throw new DbopsError('REFUSED', 'production reads no dotenv file', {
      hint: 'mount the secret as a file, or use a vault',
    })
  return { ...parseDotenv(readFileSync(file, 'utf8'), file), ...call.variables }
}

const usualNames: Readonly<Record<string, Readonly<Partial<Record<CredentialField, string>>>>> = {
  keyVault: { host: 'db-host', port: 'db-port', database: 'db-name', user: 'db-user', password: 'db-password' },
  aws: { database: 'dbname', user: 'username' },
}

/** Under which name a source holds a field: that of the site, else the usual one. */
export function nameOf(call: Call, source: 'keyVault' | 'vault' | 'aws' | 'exec', field: CredentialField): string {
  return call.credentialNames[source]?.[field] ?? usualNames[source]?.[field] ?? field
}

/** User and password of the database engine; host, port and database of variables. */
async function fromEngine(call: Call, address: string, role: string): Promise<FoundCredentials> {
  const vault = hashicorpAt(address, call)
  const { user, password, seconds } = await vault.databaseLogin(role)
  call.progress(`${vault.name} takes ${user} back after ${seconds} s`)
  const { user: userName = 'PG_USER', password: passwordName = 'PG_PASSWORD' } = call.credentialNames.variables ?? {}
  const variables = { ...call.variables, [userName]: user, [passwordName]: password.reveal() }
  const found = findCredentials({
    variables,
    environment: call.environment,
    prefer: textOption(call, 'prefer'),
    names: call.credentialNames,
  })
  return { ...found, sources: { ...found.sources, user: vault.name, password: vault.name } }
}

async function fromProvider(
  provider: SecretProvider,
  nameOfField: (field: CredentialField) => string,
): Promise<FoundCredentials> {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const field of credentialFields) {
    try {
      values[`PG_${field.toUpperCase()}`] = (await provider.read(nameOfField(field))).value.reveal()
    } catch (error) {
      if (!(error instanceof DbopsError) || error.code !== 'SECRET_MISSING') throw error
      if (field !== 'port') missing.push(error.message)
    }
  }
  if (missing.length > 0) throw new DbopsError('SECRET_MISSING', missing.join('; '))
  const found = findCredentials({ variables: values, environment: 'development', mountedFolder: '/nonexistent' })
  return {
    ...found,
    sources: {
      host: provider.name,
      port: provider.name,
      database: provider.name,
      user: provider.name,
      password: provider.name,
    },
  }
}

function fromExec(call: Call, command: string): FoundCredentials {
  let value: Record<string, unknown>
  try {
    value = JSON.parse(
      execFileSync('/bin/sh', ['-c', command], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 30_000,
      }),
    )
  } catch (cause) {
    throw new DbopsError('SECRET_MISSING', 'the program of --exec failed or printed no JSON', { cause })
  }
  const found = credentialFields.map((field) => [field, value[nameOf(call, 'exec', field)]] as const)
  const variables = Object.fromEntries(
    found.filter(([, one]) => one !== undefined).map(([field, one]) => [`PG_${field.toUpperCase()}`, String(one)]),
  )
  return findCredentials({ variables, environment: 'development', mountedFolder: '/nonexistent' })
}
