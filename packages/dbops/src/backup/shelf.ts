import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Folders of such names are unfinished; whoever holds the lock may delete them. */
export const PARTIAL_PREFIX = '.partial-'

/** What is known of the files of one backup without reading them. */
export interface ShelvedBackup {
  /** Name of its folder. */
  readonly name: string
  /** Bytes of each file. */
  readonly sizes: ReadonlyMap<string, number>
  /** The text of a small file beside the payload; null when it is not there. */
  text(file: string): string | null
}

/** A place with backups, at a glance: a folder of this machine, or what was read of a store. */
export interface BackupShelf {
  readonly name: string
  readonly backups: readonly ShelvedBackup[]
}

/** A folder of this machine as a shelf. */
export function folderShelf(folder: string): BackupShelf {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return { name: folder, backups: names.map(({ name }) => folderBackup(folder, name)) }
}

function folderBackup(folder: string, name: string): ShelvedBackup {
  const path = join(folder, name)
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile())
  return {
    name,
    sizes: new Map(files.map((file) => [file.name, statSync(join(path, file.name)).size])),
    text: (file) => (existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : null),
  }
}
