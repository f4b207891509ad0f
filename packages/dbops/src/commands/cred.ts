import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { choiceOption, numberOption, requiredOption } from '../command/option-reading.ts'
import { type Check, judged } from '../command/outcome.ts'
import { testConnection } from '../connection/connection-test.ts'
import { completeParameters } from '../connection/url.ts'
import { AzureKeyVault } from '../credentials/azure-key-vault.ts'
import { formatCredentials, readCredentialFormat } from '../credentials/credential-formats.ts'
import { parseDotenv } from '../credentials/dotenv.ts'
import { type FoundCredentials, findCredentials } from '../credentials/find-credentials.ts'
import { generatePassword, passwordEntropyBits } from '../credentials/generate-password.ts'
import { HashicorpVault } from '../credentials/hashicorp-vault.ts'
import { LocalStore } from '../credentials/local-store.ts'
import { passwordProblems, productionPolicy, standardPolicy } from '../credentials/password-policy.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import type { SecretProvider } from '../credentials/secret-provider.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, exitCodeOf } from '../exit-codes.ts'
import { Secret } from '../secret.ts'

const sourceOptions = [
  { flags: '--dotenv <file>', description: 'variables of a file; not in production' },
  { flags: '--key-vault <url>', description: 'Azure Key Vault with db-host, db-port, db-name, db-user, db-password' },
  { flags: '--vault <url>', description: 'HashiCorp Vault (VAULT_TOKEN or VAULT_TOKEN_FILE), secret at --vault-path' },
  { flags: '--vault-path <path>', description: 'path of the secret with host, port, database, user, password' },
  { flags: '--exec <command>', description: 'program that prints {"host", "port", "database", "user", "password"}' },
  { flags: '--ca <file>', description: 'CA of the vault' },
  { flags: '--prefer <source>', description: 'source that wins when two disagree' },
] as const

/** A complete login from the source that was named, else from variables and mounted files. */
async function credentialsOf(call: Call): Promise<FoundCredentials> {
  const { variables, environment } = call
  const onWarning = (text: string): void => call.progress(`warning: ${text}`)
  const prefer = textOption(call, 'prefer')
  const keyVault = textOption(call, 'keyVault')
  if (keyVault !== null)
    return await fromProvider(
      new AzureKeyVault({ vaultUrl: keyVault, variables, ...caOf(call) }),
      (field) => `db-${field === 'database' ? 'name' : field}`,
    )
  const vault = textOption(call, 'vault')
  if (vault !== null) {
    const path = requiredOption(call, 'vaultPath', '--vault-path')
    const token = variables.VAULT_TOKEN_FILE
      ? readSecretFile({ path: variables.VAULT_TOKEN_FILE, environment })
      : new Secret(variables.VAULT_TOKEN ?? '')
    return await fromProvider(
      new HashicorpVault({ address: vault, token, ...caOf(call) }),
      (field) => `${path}#${field}`,
    )
  }
  const command = textOption(call, 'exec')
  if (command !== null) return fromExec(command)
  const file = textOption(call, 'dotenv')
  if (file !== null && environment === 'production')
    throw new DbopsError('REFUSED', 'production reads no dotenv file', {
      hint: 'mount the secret as a file, or use a vault',
    })
  const more = file === null ? {} : parseDotenv(readFileSync(file, 'utf8'), file)
  return findCredentials({ variables: { ...more, ...variables }, environment, onWarning, prefer })
}

function caOf(call: Call): { ca?: string } {
  const path = textOption(call, 'ca')
  return path === null ? {} : { ca: readFileSync(path, 'utf8') }
}

async function fromProvider(provider: SecretProvider, nameOf: (field: string) => string): Promise<FoundCredentials> {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const field of ['host', 'port', 'database', 'user', 'password']) {
    try {
      values[`PG_${field.toUpperCase()}`] = (await provider.read(nameOf(field))).value.reveal()
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

function fromExec(command: string): FoundCredentials {
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
  const names: [string, string][] = [
    ['PG_HOST', 'host'],
    ['PG_PORT', 'port'],
    ['PG_DATABASE', 'database'],
    ['PG_USER', 'user'],
    ['PG_PASSWORD', 'password'],
  ]
  const variables = Object.fromEntries(
    names.filter(([, key]) => value[key] !== undefined).map(([name, key]) => [name, String(value[key])]),
  )
  return findCredentials({ variables, environment: 'development', mountedFolder: '/nonexistent' })
}

export const credGet: CommandDefinition = {
  name: 'cred get',
  summary: 'Finds the login of the database and prints it in a form, masked unless it goes to a file.',
  options: [
    ...sourceOptions,
    {
      flags: '--form <name>',
      description:
        'dict, url, dsn, sqlalchemy, asyncpg, jdbc, npgsql, node-postgres, json, env, passfile or kubernetes (default: url)',
    },
    { flags: '--to-file <file>', description: 'write it with the password into a new file that only you may read' },
    { flags: '--reveal', description: 'print it with the password; not in production' },
  ],
  changes: 'files',
  example: 'dbops cred get --form url',
  async run(call) {
    const credentials = await credentialsOf(call)
    const form = readCredentialFormat(textOption(call, 'form') ?? 'url')
    const path = textOption(call, 'toFile')
    const audit = { sources: credentials.sources, user: credentials.user, form }
    if (path !== null) {
      writeFileSync(path, `${formatCredentials(credentials, form, true)}\n`, { mode: 0o600, flag: 'wx' })
      return { summary: `written to ${path}`, exitCode: EXIT_FINE, text: '', audit }
    }
    const isRevealed = call.options.reveal === true
    if (isRevealed && call.environment === 'production')
      throw new DbopsError('REFUSED', 'production prints no password', { hint: 'use --to-file' })
    const text = formatCredentials(credentials, form, false)
    // the printed text is redacted by the command itself, so a revealed one goes out here
    if (isRevealed) writeFileSync(1, `${formatCredentials(credentials, form, true)}\n`)
    return {
      summary: isRevealed ? '' : text,
      exitCode: EXIT_FINE,
      text: '',
      data: { form, masked: text, sources: credentials.sources },
      audit,
    }
  },
}

export const credTest: CommandDefinition = {
  name: 'cred test',
  summary: 'Finds the login and tries it.',
  options: [...sourceOptions, { flags: '--sslmode <mode>', description: 'as libpq means it (default: prefer)' }],
  changes: 'nothing',
  example: 'dbops cred test --sslmode verify-full',
  async run(call) {
    const { host, port, database, user, password } = await credentialsOf(call)
    const words = { host, port: String(port), dbname: database, user, sslmode: textOption(call, 'sslmode') ?? 'prefer' }
    const { failure } = await testConnection({ ...completeParameters(words, call.variables), password })
    return {
      summary: failure === null ? `${user} can log in to ${database}` : failure.message,
      exitCode: failure === null ? EXIT_FINE : exitCodeOf(failure),
      text: '',
    }
  },
}

export const credGenerate: CommandDefinition = {
  name: 'cred generate',
  summary: 'Makes a password that every policy accepts and that needs no escape anywhere; into a file.',
  options: [
    { flags: '--to-file <file>', description: 'new file that only you may read' },
    { flags: '--length <count>', description: 'characters (default: 32)' },
  ],
  changes: 'files',
  example: 'dbops cred generate --to-file app.password',
  run(call) {
    const length = numberOption(call, 'length', 32, 20, 128)
    const path = requiredOption(call, 'toFile', '--to-file')
    const password = generatePassword(length)
    writeFileSync(path, `${password.reveal()}\n`, { mode: 0o600, flag: 'wx' })
    return {
      summary: `${path}: ${length} characters, ${passwordEntropyBits(length)} bits`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { fingerprint: password.fingerprint() },
    }
  },
}

export const credCheck: CommandDefinition = {
  name: 'cred check',
  summary: 'Judges the password of a file by the policy, without showing it.',
  options: [
    { flags: '--from-file <file>', description: 'file with the password' },
    { flags: '--policy <name>', description: 'standard or production (default: production)' },
    { flags: '--user <name>', description: 'role it is for, which must not be in it' },
  ],
  changes: 'nothing',
  example: 'dbops cred check --from-file app.password --user app_a',
  run(call) {
    const path = requiredOption(call, 'fromFile', '--from-file')
    const policy =
      choiceOption(call, 'policy', ['standard', 'production'], 'production') === 'production'
        ? productionPolicy
        : standardPolicy
    const user = textOption(call, 'user')
    const problems = passwordProblems(
      readSecretFile({ path, environment: call.environment }),
      policy,
      user === null ? [] : [user],
    )
    const checks = problems.map(
      (evidence): Check => ({
        id: 'cred.policy',
        title: 'the password is good enough',
        verdict: 'fail',
        tier: 'critical',
        evidence,
      }),
    )
    return judged(problems.length === 0 ? 'good enough' : `${problems.length} reason(s) against it`, checks)
  },
}

function storeOf(call: Call): LocalStore {
  const { DBOPS_MASTER_KEY: key, DBOPS_MASTER_KEY_FILE: file } = call.variables
  if (!key && !file)
    throw new DbopsError('SECRET_MISSING', 'there is no master key', {
      hint: 'name its file in DBOPS_MASTER_KEY_FILE; none is ever made up',
    })
  const masterKey = file ? readSecretFile({ path: file, environment: call.environment }) : new Secret(key ?? '')
  return new LocalStore(requiredOption(call, 'store', '--store'), masterKey)
}

const storeOption = { flags: '--store <file>', description: 'the encrypted file' } as const

export const secretsInit: CommandDefinition = {
  name: 'secrets init',
  summary: 'Makes an encrypted store under the master key of DBOPS_MASTER_KEY_FILE.',
  options: [storeOption],
  changes: 'files',
  example: 'dbops secrets init --store secrets.store',
  run(call) {
    storeOf(call).create()
    return { summary: `made ${textOption(call, 'store')}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const secretsPut: CommandDefinition = {
  name: 'secrets put',
  summary: 'Puts the content of a file into the store, as a new version.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [storeOption, { flags: '--from-file <file>', description: 'file with the value' }],
  changes: 'files',
  example: 'dbops secrets put db-password --from-file app.password --store secrets.store',
  async run(call) {
    const value = readSecretFile({
      path: requiredOption(call, 'fromFile', '--from-file'),
      environment: call.environment,
    })
    const version = await storeOf(call).write(call.args[0], value)
    return {
      summary: `${call.args[0]} version ${version}`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { secret: call.args[0], version },
    }
  },
}

export const secretsGet: CommandDefinition = {
  name: 'secrets get',
  summary: 'Writes a secret of the store into a new file.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [
    storeOption,
    { flags: '--to-file <file>', description: 'new file that only you may read' },
    { flags: '--secret-version <number>', description: 'an older version' },
  ],
  changes: 'files',
  example: 'dbops secrets get db-password --to-file out --store secrets.store',
  async run(call) {
    const path = requiredOption(call, 'toFile', '--to-file')
    if (existsSync(path)) throw new DbopsError('REFUSED', `${path} exists and is not overwritten`)
    const { value, version } = await storeOf(call).read(call.args[0], textOption(call, 'secretVersion') ?? undefined)
    writeFileSync(path, `${value.reveal()}\n`, { mode: 0o600, flag: 'wx' })
    return {
      summary: `${call.args[0]} version ${version} in ${path}`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { secret: call.args[0], version },
    }
  },
}

export const secretsList: CommandDefinition = {
  name: 'secrets list',
  summary: 'Names, versions and times of the store; no values.',
  options: [storeOption],
  changes: 'nothing',
  example: 'dbops secrets list --store secrets.store',
  run(call) {
    const all = storeOf(call).list()
    return {
      summary: `${all.length} secret(s)`,
      exitCode: EXIT_FINE,
      text: all
        .map(
          ({ name, version, createdAt, isDeleted }) =>
            `${name}  version ${version}  ${createdAt}${isDeleted ? '  deleted' : ''}`,
        )
        .join('\n'),
      data: all,
    }
  },
}

export const secretsDelete: CommandDefinition = {
  name: 'secrets delete',
  summary: 'Marks a secret as deleted; its versions stay.',
  arguments: [{ name: 'name', description: 'of the secret' }],
  options: [storeOption],
  changes: 'files',
  example: 'dbops secrets delete db-password --store secrets.store',
  async run(call) {
    const version = await storeOf(call).delete(call.args[0])
    return { summary: `${call.args[0]} is deleted as of version ${version}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const secretsRotateMaster: CommandDefinition = {
  name: 'secrets rotate-master',
  summary: 'Encrypts the store under another master key; the file as it was stays beside it.',
  options: [storeOption, { flags: '--new-key-file <file>', description: 'file with the next master key' }],
  changes: 'files',
  example: 'dbops secrets rotate-master --new-key-file next.key --store secrets.store',
  async run(call) {
    const next = readSecretFile({
      path: requiredOption(call, 'newKeyFile', '--new-key-file'),
      environment: call.environment,
    })
    const backup = await storeOf(call).rotateMasterKey(next)
    return { summary: `the store is under the new key; the old file is ${backup}`, exitCode: EXIT_FINE, text: '' }
  },
}
