import { writeSync } from 'node:fs'
import { type CommandDefinition, textOption } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import { formatCredentials, readCredentialFormat } from '../credentials/credential-formats.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { writeNewFile } from '../state/new-file.ts'
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
