import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { BackupKeys } from '../backup/keys.ts'
import { readIdentity } from '../backup/recipients.ts'
import { type Call, listOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'

export const identityOption = {
  flags: '--identity <file>',
  description: 'private key that opens backups; may be given several times',
  isRepeatable: true,
} as const

export const jobsOption = {
  flags: '--jobs <count>',
  description: 'programs that work at once, each with a session of its own (default: 1)',
} as const

/** @throws {DbopsError} USAGE */
export function jobsOf(call: Call): number {
  return numberOption(call, 'jobs', 1, 1, 64)
}

/** The keys a command was given. @throws {DbopsError} SECRET_MISSING, SECRET_INVALID */
export function backupKeys(call: Call): BackupKeys {
  return {
    stateFolder: call.stateFolder,
    identities: listOption(call, 'identity').map((path) => identityFrom(path, call)),
  }
}

function identityFrom(path: string, call: Call): KeyObject {
  let pem: string
  try {
    pem = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError(
      'SECRET_MISSING',
      `identity ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
  if (!pem.includes('\n')) return readIdentity(readSecretFile({ path, environment: call.environment }))
  return readIdentity(new Secret(pem))
}
