import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { formatCredentials, readCredentialFormat } from '../credentials/credential-formats.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { credentialsOf, formOption, sourceOptions } from './credential-sources.ts'

export const credExport: CommandDefinition = {
  name: 'cred export',
  summary:
    'Finds the login of the database and hands it on with the password: to a new file, or to an open descriptor.',
  options: [
    ...sourceOptions,
    formOption,
    { flags: '--to-file <file>', description: 'new file that only you may read' },
    { flags: '--to-fd <number>', description: 'descriptor that the caller opened, such as 3 of 3>&1 or a pipe' },
  ],
  changes: 'files',
  example: 'dbops cred export --form passfile --to-file /run/app/pgpass',
  async run(call) {
    const path = textOption(call, 'toFile')
    const isDescriptor = textOption(call, 'toFd') !== null
    if ((path === null) === !isDescriptor)
      throw new DbopsError('USAGE', 'either --to-file or --to-fd says where the login goes')
    const form = readCredentialFormat(textOption(call, 'form') ?? 'url')
    const descriptor = isDescriptor ? numberOption(call, 'toFd', 0, 3, 1023) : null // 0 to 2 are for people and logs
    const credentials = await credentialsOf(call)
    const text = `${formatCredentials(credentials, form, true)}\n`
    if (path !== null) writeNewFile(path, text)
    else if (descriptor !== null) writeDescriptor(descriptor, text)
    return {
      summary: `${form} of ${credentials.user} written to ${path ?? `descriptor ${descriptor}`}`,
      exitCode: EXIT_FINE,
      text: '',
      data: { form, sources: credentials.sources },
      audit: { sources: credentials.sources, user: credentials.user, form },
    }
  },
}

/** @throws {DbopsError} REFUSED when it is there already, USAGE when it cannot be made */
function writeNewFile(path: string, text: string): void {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600) // O_EXCL: no link and no file of somebody else is followed
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new DbopsError('REFUSED', `${path} exists and is not overwritten`)
    throw new DbopsError('USAGE', `${path} cannot be made (${code})`, { cause })
  }
  try {
    writeSync(file, text)
    fsyncSync(file)
  } catch (cause) {
    rmSync(path) // half a login is none
    throw cause
  } finally {
    closeSync(file)
  }
}

function writeDescriptor(descriptor: number, text: string): void {
  try {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const isOurs = code === 'EBADF'
    throw new DbopsError(isOurs ? 'USAGE' : 'INTERNAL', `descriptor ${descriptor} cannot be written (${code})`, {
      hint: isOurs ? 'the caller opens it: 3> FILE, or a pipe' : undefined,
      cause,
    })
  }
}
