import { totalmem } from 'node:os'
import { findLocalServer } from '../connection/local-server.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { inUnit } from './managed-settings.ts'

/** Settings that say what the server takes of the memory. */
const memorySettings = [
  'shared_buffers',
  'wal_buffers',
  'max_connections',
  'work_mem',
  'autovacuum_max_workers',
  'autovacuum_work_mem',
  'maintenance_work_mem',
] as const
type MemorySetting = (typeof memorySettings)[number]

/** What the server may come to need, with one sort in every session and every vacuum at work, beside what the machine has. */
export interface MemoryFit {
  readonly neededBytes: number
  /** Null when the machine is not known. */
  readonly availableBytes: number | null
  /** The sum as people write it, or why there is nothing to compare it with. */
  readonly arithmetic: string
  /** It needs more than there is, and more than before. */
  readonly isTooMuch: boolean
}

/** Adds up with the wanted values; null when none of them is about memory. `memoryMb` is of another machine than this. */
export async function memoryFit(
  client: ServerClient,
  wanted: readonly (readonly [name: string, value: string])[],
  memoryMb: number | null,
): Promise<MemoryFit | null> {
  const own = new Map(wanted.map(([name, value]) => [name.toLowerCase(), value]))
  if (!memorySettings.some((name) => own.has(name))) return null
  const { rows } = await client.query<{ name: MemorySetting; setting: string; unit: string | null }>(
    'select name, setting, unit from pg_settings where name = any($1)',
    [memorySettings],
  )
  const current = new Map(rows.map(({ name, setting, unit }) => [name, counted(setting, unit)]))
  const planned = new Map(rows.map(({ name, setting, unit }) => [name, counted(own.get(name) ?? setting, unit)]))
  const { sum: neededBytes, words } = added(planned)
  const [availableBytes, where] = await machineMemory(client, memoryMb)
  return {
    neededBytes,
    availableBytes,
    arithmetic: `${words} = ${inMb(neededBytes)}; ${availableBytes === null ? where : `${where} has ${inMb(availableBytes)}`}`,
    isTooMuch: availableBytes !== null && neededBytes > availableBytes && neededBytes > added(current).sum,
  }
}

/** Numbers as they are, sizes in bytes. */
function counted(value: string, unit: string | null): number {
  const [, count = '1', word = ''] = /^(\d*)(\w+)$/.exec(unit ?? '') ?? []
  const scale = { B: 1, kB: 1 << 10, MB: 1 << 20 }[word] ?? 1
  return Number(inUnit(value.trim(), unit)) * (word === '' ? 1 : Number(count || 1) * scale)
}

function added(values: ReadonlyMap<MemorySetting, number>): { sum: number; words: string } {
  const of = (name: MemorySetting): number => values.get(name) ?? 0
  const shared = of('shared_buffers')
  // -1 is a 32nd of shared_buffers, one segment at most; and what maintenance may take
  const wal = of('wal_buffers') < 0 ? Math.min(shared / 32, 16 << 20) : of('wal_buffers')
  const vacuum = of('autovacuum_work_mem') < 0 ? of('maintenance_work_mem') : of('autovacuum_work_mem')
  const sum = shared + wal + of('max_connections') * of('work_mem') + of('autovacuum_max_workers') * vacuum
  const words = [
    `${inMb(shared)} shared_buffers`,
    `${inMb(wal)} wal_buffers`,
    `${of('max_connections')} sessions × ${inMb(of('work_mem'))} work_mem`,
    `${of('autovacuum_max_workers')} autovacuum workers × ${inMb(vacuum)}`,
  ].join(' + ')
  return { sum, words }
}

function inMb(bytes: number): string {
  return `${Math.round((bytes / (1 << 20)) * 10) / 10} MB`
}

/** Of this machine, or of the container that we and the server are in. */
async function machineMemory(client: ServerClient, memoryMb: number | null): Promise<[number | null, string]> {
  if (memoryMb !== null) return [memoryMb * (1 << 20), 'the machine']
  const local = await findLocalServer(client)
  if (typeof local === 'string') return [null, `the memory of the machine is not known (${local}): give --memory-mb`]
  const limit = process.constrainedMemory()
  return [limit > 0 ? Math.min(totalmem(), limit) : totalmem(), 'this machine']
}
