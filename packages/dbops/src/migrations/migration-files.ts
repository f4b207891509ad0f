import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'

/** One change of the schema, as it stands in a folder: `0007_add_index.up.sql`, and what takes it back, `0007_add_index.down.sql`. */
export interface Migration {
  /** The digits as they stand in the name. */
  readonly version: string
  readonly name: string
  readonly up: string
  /** Null when it cannot be taken back. */
  readonly down: string | null
  /** SHA-256 of `up`, line ends aside: version control may change those. */
  readonly checksum: string
  /** False where the first line of either file says `-- dbops: no transaction`, for what PostgreSQL runs in none. */
  readonly isTransactional: boolean
}

const NAME = /^(\d+)_([\w.-]+?)\.(up|down)\.sql$/

/** All of a folder, oldest first, by number. @throws {DbopsError} USAGE for a folder that cannot be understood as a whole */
export function readMigrations(folder: string): Migration[] {
  const files = namesIn(folder).filter((file) => file.endsWith('.sql'))
  const byVersion = new Map<bigint, { version: string; name: string; up?: string; down?: string }>()
  for (const file of files) {
    const [, version, name, direction] = NAME.exec(file) ?? []
    if (version === undefined)
      throw new DbopsError('USAGE', `${join(folder, file)} is no migration`, {
        hint: 'they are called like 0007_add_index.up.sql and 0007_add_index.down.sql',
      })
    const found = byVersion.get(BigInt(version)) ?? { version, name }
    if (found.name !== name || found.version !== version || found[direction as 'up' | 'down'] !== undefined)
      throw new DbopsError('USAGE', `${folder} has two migrations of version ${version}: ${found.name} and ${name}`)
    byVersion.set(BigInt(version), { ...found, [direction]: readFileSync(join(folder, file), 'utf8') })
  }
  return [...byVersion]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { version, name, up, down = null }]) => {
      if (up === undefined)
        throw new DbopsError('USAGE', `${join(folder, `${version}_${name}.up.sql`)} is missing, its .down.sql is there`)
      const isTransactional = ![up, down ?? ''].some((text) =>
        /^--\s*dbops:\s*no transaction\s*$/m.test(firstLine(text)),
      )
      return { version, name, up, down, checksum: checksumOf(up), isTransactional }
    })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (cause) {
    throw new DbopsError('USAGE', `${folder} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0].trim()
}
