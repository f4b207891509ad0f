import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE, EXIT_INTEGRITY } from '../exit-codes.ts'
import { identityOption } from './backup-keys.ts'
import { fromOption, listPlace, placeOptions } from './backup-place.ts'

export const backupList: CommandDefinition = {
  name: 'backup list',
  summary:
    'Lists the backups of a folder or a store with their state and how far they were verified; damaged and missing ones too.',
  options: [fromOption, identityOption, ...placeOptions],
  changes: 'nothing',
  example: 'dbops backup list --from /var/backups/app --identity backup.key',
  async run(call) {
    const listed = await listPlace(call, requiredOption(call, 'from', '--from'))
    const bad = listed.filter(({ state }) => state === 'damaged' || state === 'missing-file')
    const lines = listed.map(({ id, state, storedBytes, verifiedLevel, lastVerified, problem, isPinned, manifest }) => {
      const verified =
        lastVerified === null ? 'never verified' : `verified at level ${verifiedLevel} on ${lastVerified.at}`
      const marks = `${isPinned ? ' kept' : ''}${manifest?.encryption ? ' encrypted' : ''}`
      return `${id}  ${state}  ${storedBytes} bytes${marks}  ${verified}${problem === null ? '' : `  (${problem})`}`
    })
    return {
      summary: `${listed.length} backup(s), ${bad.length} of them unusable`,
      exitCode: bad.length === 0 ? EXIT_FINE : EXIT_INTEGRITY,
      text: lines.join('\n'),
      data: listed.map(({ manifest, ...rest }) => ({
        ...rest,
        kind: manifest?.kind ?? null,
        finishedAt: manifest?.finishedAt ?? null,
        durationMs: manifest?.durationMs ?? null,
        database: manifest?.database?.name ?? null,
        isEncrypted: manifest === null ? null : manifest.encryption !== null,
      })),
    }
  },
}
