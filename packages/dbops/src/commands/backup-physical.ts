import { createPhysicalBackup, prepareRecovery, verifyPhysicalBackup } from '../backup/physical-backup.ts'
import { type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'

export const backupPhysical: CommandDefinition = {
  name: 'backup physical',
  summary: 'Copies the whole cluster with checksums and verifies the copy.',
  options: [{ flags: '--to <folder>', description: 'folder of copies' }],
  changes: 'files',
  example: 'dbops backup physical --to /var/backups/base --url postgresql://replicator@localhost/postgres',
  async run(call) {
    const folder = await createPhysicalBackup(call.target(), requiredOption(call, 'to', '--to'), call.now())
    return { summary: `copied and verified: ${folder}`, exitCode: EXIT_FINE, text: '', data: { folder } }
  },
}

export const backupPitr: CommandDefinition = {
  name: 'backup pitr',
  summary: 'Prepares a copied cluster to recover to a moment when it is started; refuses when WAL is missing.',
  options: [
    { flags: '--data <folder>', description: 'the copied cluster, which will be started' },
    { flags: '--archive <folder>', description: 'archive of WAL' },
    { flags: '--time <timestamp>', description: 'recover to this time' },
    { flags: '--lsn <lsn>', description: 'recover to this position' },
    { flags: '--name <name>', description: 'recover to this restore point' },
  ],
  changes: 'files',
  example: 'dbops backup pitr --data /srv/recovered --archive /var/backups/wal --time "2026-11-22 12:00:00+00"',
  async run(call) {
    const data = requiredOption(call, 'data', '--data')
    await verifyPhysicalBackup(data)
    const [time, lsn, name] = ['time', 'lsn', 'name'].map((key) => textOption(call, key) ?? undefined)
    prepareRecovery(data, requiredOption(call, 'archive', '--archive'), {
      ...(time === undefined ? {} : { time }),
      ...(lsn === undefined ? {} : { lsn }),
      ...(name === undefined ? {} : { name }),
    })
    return { summary: `${data} recovers when it is started`, exitCode: EXIT_FINE, text: '' }
  },
}
