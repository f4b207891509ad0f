import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { listJournal } from '../state/journal.ts'

/** A pair that a newer one replaced, kept so that the change can be taken back. */
export interface KeptPair {
  readonly folder: string
  /** Entry of the journal; null for a folder that none names. */
  readonly id: string | null
  readonly keptAt: string | null
  readonly serial: string | null
  readonly validTo: Date | null
}

export interface Retention {
  /** So many of the newest stay whatever their age; 3. */
  readonly keep?: number
  /** Older ones go; 90. */
  readonly days?: number
  readonly now: Date
}

/** Where replaced pairs lie. */
export function pairsFolder(stateFolder: string): string {
  return join(stateFolder, 'pairs')
}

/** Those that are kept, the newest first. */
export function keptPairs(stateFolder: string): KeptPair[] {
  const folder = pairsFolder(stateFolder)
  const entries = new Map(
    listJournal(join(stateFolder, 'journal'))
      .filter(({ kind }) => kind === 'tls')
      .map(({ id, startedAt, payload }) => [(payload as { before: string }).before, { id, keptAt: startedAt }]),
  )
  return (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => {
      const path = join(folder, name)
      const { id = null, keptAt = null } = entries.get(path) ?? {}
      return { folder: path, id, keptAt, ...factsOf(path) }
    })
    .sort((a, b) => (b.keptAt ?? '').localeCompare(a.keptAt ?? ''))
}

/**
 * Those that need not be kept: expired, older than the days, or named by no change; of the others the newest stay. A private key that
 * nobody needs any more is only there to be stolen.
 */
export function dispensablePairs(pairs: readonly KeptPair[], { keep = 3, days = 90, now }: Retention): KeptPair[] {
  const usable = pairs.filter(({ id, validTo }) => id !== null && validTo !== null && validTo > now)
  const oldest = now.getTime() - days * 86_400_000
  const kept = new Set(usable.filter(({ keptAt }, index) => index < keep || Date.parse(keptAt ?? '') >= oldest))
  return pairs.filter((pair) => !kept.has(pair))
}

export function deletePairs(pairs: readonly KeptPair[]): void {
  for (const { folder } of pairs) rmSync(folder, { recursive: true, force: true })
}

function factsOf(folder: string): Pick<KeptPair, 'serial' | 'validTo'> {
  try {
    const { serialNumber, validTo } = new X509Certificate(readFileSync(join(folder, 'server.crt')))
    return { serial: serialNumber.toLowerCase(), validTo: new Date(validTo) }
  } catch {
    return { serial: null, validTo: null }
  }
}
