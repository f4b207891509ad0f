import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { journalFolder } from '../command/state-folder.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { Journal } from '../state/journal.ts'
import { migrationOptions, type SchemaBefore, schemaNow } from './migration-target.ts'

/** A file as it stood before a deployment. */
export interface KeptFile {
  readonly path: string
  /** The copy, in a folder that only we may enter: a compose file may hold a secret. */
  readonly copy: string
  readonly mode: number
  readonly sha256: string
}

/** What a deployment may change: files such as compose files, and the schema of the database. */
export interface DeploymentBefore {
  readonly files: readonly KeptFile[]
  readonly schema: SchemaBefore | null
}

/** Keeps files as they are now, so that `rollback to` brings them back. @throws {DbopsError} USAGE for one that cannot be read */
export function keepDeployment(call: Call, paths: readonly string[], schema: SchemaBefore | null = null): string {
  const folder = privateFolder(join(call.stateFolder, 'deployments', randomUUID()))
  const files = paths.map((given, index): KeptFile => {
    const path = resolve(call.workingFolder, given)
    const copy = join(folder, `${index}-${basename(path)}`)
    const content = read(path)
    atomicWrite(copy, content)
    return { path, copy, mode: statSync(path).mode & 0o777, sha256: sumOf(content) }
  })
  const before: DeploymentBefore = { files, schema }
  const target = files.map(({ path }) => path).join(', ') || 'the schema'
  const journal = Journal.begin(journalFolder(call), { kind: 'deployment', target, payload: { before } }, call.now)
  journal.finish()
  return journal.entry.id
}

/** Puts every file back, whole and with its mode; those that are as they were stay untouched. @throws {DbopsError} INTEGRITY before any is written */
export function putBack({ files }: DeploymentBefore): void {
  const contents = files.map(intactCopy)
  files.forEach(({ path, mode, sha256 }, index) => {
    if (!isThere(path) || sumOf(read(path)) !== sha256) atomicWrite(path, contents[index], mode)
  })
}

/** What putting them back would change. @throws {DbopsError} INTEGRITY for a copy that is not what was kept */
export function filesPlan({ files }: DeploymentBefore): string[] {
  return files.map((file) => {
    intactCopy(file)
    const { path, sha256 } = file
    if (!isThere(path)) return `${path} is gone and comes back`
    return sumOf(read(path)) === sha256 ? `${path} is as it was` : `${path} becomes what it was`
  })
}

function intactCopy({ copy, path, sha256 }: KeptFile): Buffer {
  const content = isThere(copy) ? read(copy) : null
  if (content !== null && sumOf(content) === sha256) return content
  throw new DbopsError(
    'INTEGRITY',
    `the copy that was kept of ${path} is ${content === null ? 'gone' : 'not what it was'}`,
  )
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new DbopsError('USAGE', `${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function sumOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

export const rollbackKeep: CommandDefinition = {
  name: 'rollback keep',
  summary:
    'Keeps compose and other files as they are before a deployment, with --folder the version of the schema too, so that rollback to brings both back.',
  arguments: [{ name: 'files', description: 'such as compose.yaml', isVariadic: true }],
  options: migrationOptions,
  changes: 'files',
  example: 'dbops rollback keep compose.yaml --folder migrations --url postgresql://app_migrator@localhost/app',
  async run(call) {
    const schema = textOption(call, 'folder') === null ? null : await schemaNow(call)
    const id = keepDeployment(call, call.args, schema)
    const version = schema === null ? '' : `, schema at ${schema.version ?? 'nothing'}`
    return {
      summary: `${call.args.length} file(s) kept${version}; dbops rollback to ${id} brings them back`,
      exitCode: EXIT_FINE,
      text: '',
      data: { id, schema },
      audit: { journal: id },
    }
  },
}
