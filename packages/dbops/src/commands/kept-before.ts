import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Call } from '../command/command.ts'
import { journalFolder } from '../command/state-folder.ts'
import { DbopsError } from '../errors.ts'
import type { RoleUndo } from '../roles/undo-roles.ts'
import { Secret } from '../secret.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { Journal } from '../state/journal.ts'
import type { IssuedCertificate } from '../tls/certificates.ts'
import { pairsFolder } from '../tls/kept-pairs.ts'

/** Changes that `rollback to` takes back. */
export const changeKinds = ['conf', 'conf-file', 'hba', 'roles', 'tls', 'schema', 'deployment'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What a change that is over left to take it back with. */
export type SettingsBefore = Readonly<Record<string, string | null>>

export interface RolesBefore extends RoleUndo {
  readonly database: string
  readonly schemas: readonly string[]
}

/** Keeps what stood before a change, so that `rollback to` can bring it back. */
export function keepBefore(call: Call, kind: ChangeKind, before: unknown): string {
  const target = call.target()
  const journal = Journal.begin(
    journalFolder(call),
    { kind, target: `${target.hosts[0].host}:${target.hosts[0].port}`, payload: { before } },
    call.now,
  )
  journal.finish()
  return journal.entry.id
}

/** Keeps a replaced pair: the journal names it, the key lies in a folder that only we may enter. */
export function keepPair(call: Call, { certificatePem, keyPem }: IssuedCertificate): string {
  const folder = privateFolder(join(pairsFolder(call.stateFolder), randomUUID()))
  atomicWrite(join(folder, 'server.crt'), certificatePem)
  atomicWrite(join(folder, 'server.key'), keyPem.reveal())
  return keepBefore(call, 'tls', folder)
}

/** @throws {DbopsError} REFUSED when it was cleaned up */
export function readPair(folder: string): IssuedCertificate {
  if (!existsSync(folder))
    throw new DbopsError('REFUSED', 'the pair from before this change was deleted', {
      hint: 'dbops tls renew issues a new one',
    })
  return {
    certificatePem: readFileSync(join(folder, 'server.crt'), 'utf8'),
    keyPem: new Secret(readFileSync(join(folder, 'server.key'), 'utf8')),
  }
}
