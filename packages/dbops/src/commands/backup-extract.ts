import { createWriteStream, existsSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openManifest } from '../backup/keys.ts'
import { type BackupFile, type BackupManifest, readManifest } from '../backup/manifest.ts'
import { checkStored, readPayload } from '../backup/payload-read.ts'
import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { backupKeys, identityOption } from './backup-keys.ts'
import { fromOption, placeOptions, withBackups } from './backup-place.ts'

export const backupExtract: CommandDefinition = {
  name: 'backup extract',
  summary: 'Writes what a backup holds as it was: the dump, the roles (globals), or the tar of files.',
  options: [
    fromOption,
    {
      flags: '--what <name>',
      description:
        'dump (of a dump by several programs every archive), part-1 and so on of such a one, globals or application-files',
    },
    {
      flags: '--to-file <file>',
      description: 'new file that only you may read; further archives get .part-1 and so on',
    },
    identityOption,
    ...placeOptions,
  ],
  changes: 'files',
  example: 'dbops backup extract --from /var/backups/app --what globals --to-file globals.sql',
  async run(call) {
    const what = requiredOption(call, 'what', '--what')
    const to = requiredOption(call, 'toFile', '--to-file')
    return await withBackups(call, requiredOption(call, 'from', '--from'), async ([folder]) => {
      const manifest = readManifest(folder)
      const dataKey = openManifest(manifest, backupKeys(call))
      const files = chosenFiles(manifest, what, to)
      const there = files.find(({ path }) => existsSync(path))
      if (there !== undefined) throw new DbopsError('REFUSED', `${there.path} exists, and is not written over`)
      for (const { file, path } of files) {
        await checkStored(folder, file)
        const through = new PassThrough()
        await Promise.all([
          readPayload({ folder, manifest, file, dataKey }, through),
          pipeline(through, createWriteStream(path, { flags: 'wx', mode: 0o600 })),
        ])
      }
      const bytes = files.reduce((sum, { file }) => sum + file.plainBytes, 0)
      return {
        summary: `${bytes} bytes in ${files.map(({ path }) => path).join(', ')}`,
        exitCode: EXIT_FINE,
        text: files.length === 1 ? '' : loadingOrder(to),
        data: files.map(({ file, path }) => ({ path, bytes: file.plainBytes })),
      }
    })
  },
}

/** What to write where. @throws {DbopsError} USAGE */
function chosenFiles(
  { id, files }: BackupManifest,
  what: string,
  to: string,
): readonly { readonly file: BackupFile; readonly path: string }[] {
  const parts = files.filter(({ holds }) => holds === 'dump-part')
  const named = new Map(files.filter(({ holds }) => holds !== 'dump-part').map((file) => [String(file.holds), file]))
  for (const [index, part] of parts.entries()) named.set(`part-${index + 1}`, part)
  const file = named.get(what)
  if (file === undefined)
    throw new DbopsError('USAGE', `${id} holds no ${what}`, { hint: `it holds ${[...named.keys()].join(', ')}` })
  const further = what === 'dump' ? parts.map((part, index) => ({ file: part, path: `${to}.part-${index + 1}` })) : []
  return [{ file, path: to }, ...further]
}

/** Several programs wrote the rows of one moment; indexes and keys come when all rows are there. */
function loadingOrder(main: string): string {
  return [
    `load them in this order: pg_restore --section=pre-data ${main}`,
    `pg_restore --section=data, of ${main} and of every .part`,
    `pg_restore --section=post-data ${main}`,
  ].join('\n')
}
