import { writeFileSync } from 'node:fs'
import { newIdentity } from '../backup/recipients.ts'
import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'

export const backupKeygen: CommandDefinition = {
  name: 'backup keygen',
  summary: 'Makes a key pair: the private half into a file, the public half (the recipient) on stdout.',
  options: [{ flags: '--to <file>', description: 'file for the private key; never overwritten' }],
  changes: 'files',
  example: 'dbops backup keygen --to backup.key',
  run(call) {
    const path = requiredOption(call, 'to', '--to')
    const { recipient, privateKeyPem } = newIdentity()
    try {
      writeFileSync(path, privateKeyPem.reveal(), { flag: 'wx', mode: 0o600 })
    } catch (cause) {
      throw new DbopsError('REFUSED', `${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause })
    }
    return {
      summary: recipient,
      exitCode: EXIT_FINE,
      text: '',
      data: { recipient, privateKey: path },
      audit: { recipient },
    }
  },
}
