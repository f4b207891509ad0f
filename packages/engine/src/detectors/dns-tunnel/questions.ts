import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from '../../analyzers/support/evidence-frames.ts'
import { addText, type BottomHashes, mergeBottomHashes, newBottomHashes } from './bottom-hashes.ts'
import { entropyMillibits } from './entropy.ts'
import type { Question } from './pending-questions.ts'

const MOST_ZONES = 1 << 12
/** Types whose answers carry data: TXT, NULL, CNAME, MX, KEY, OPENPGPKEY, and the private one that iodine uses. */
const carriers: ReadonlySet<number> = new Set([5, 10, 15, 16, 25, 61, 65_399])

/** What one host asked below one registered domain. */
export interface Zone {
  readonly source: string
  readonly domain: string
  queries: number
  /** Queries of types that carry data back. */
  carrierQueries: number
  names: BottomHashes
  /** Characters before the domain, and their entropy, summed over the queries. */
  characters: number
  entropyMillibits: number
  longest: number
  firstNs: number
  lastNs: number
  frames: EvidenceFrames
}

/** Every zone; exact and independent of the order within the bounds. */
export interface TunnelState {
  zones: Map<string, Zone>
  queries: number
  /** Zones given up to make room: those with the fewest characters. */
  dropped: number
}

export function newTunnelState(): TunnelState {
  return { zones: new Map(), queries: 0, dropped: 0 }
}

/** True for types whose answers carry data. */
export function isCarrier(type: number): boolean {
  return carriers.has(type)
}

export function addQuestion(state: TunnelState, source: string, question: Question): void {
  const { subdomain, timeNs } = question
  const zone = zoneOf(state, source, question.domain)
  zone.queries++
  if (isCarrier(question.type)) zone.carrierQueries++
  addText(zone.names, subdomain)
  zone.characters += subdomain.length
  zone.entropyMillibits += entropyMillibits(subdomain)
  zone.longest = Math.max(zone.longest, subdomain.length)
  zone.firstNs = Math.min(zone.firstNs, timeNs)
  zone.lastNs = Math.max(zone.lastNs, timeNs)
  addFrame(zone.frames, question.frame)
}

/** Commutative and associative within the bounds. */
export function mergeTunnel(into: TunnelState, from: TunnelState): void {
  into.queries += from.queries
  into.dropped += from.dropped
  for (const other of from.zones.values()) {
    const zone = zoneOf(into, other.source, other.domain)
    zone.queries += other.queries
    zone.carrierQueries += other.carrierQueries
    mergeBottomHashes(zone.names, other.names)
    zone.characters += other.characters
    zone.entropyMillibits += other.entropyMillibits
    zone.longest = Math.max(zone.longest, other.longest)
    zone.firstNs = Math.min(zone.firstNs, other.firstNs)
    zone.lastNs = Math.max(zone.lastNs, other.lastNs)
    mergeEvidence(zone.frames, other.frames)
  }
}

function zoneOf(state: TunnelState, source: string, domain: string): Zone {
  const key = `${source} ${domain}`
  let zone = state.zones.get(key)
  if (zone === undefined) {
    if (state.zones.size >= 2 * MOST_ZONES) dropShortest(state)
    zone = {
      source,
      domain,
      queries: 0,
      carrierQueries: 0,
      names: newBottomHashes(),
      characters: 0,
      entropyMillibits: 0,
      longest: 0,
      firstNs: Number.POSITIVE_INFINITY,
      lastNs: Number.NEGATIVE_INFINITY,
      frames: newEvidence(),
    }
    state.zones.set(key, zone)
  }
  return zone
}

function dropShortest(state: TunnelState): void {
  const ranked = [...state.zones].sort(
    (a, b) => b[1].characters - a[1].characters || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  )
  state.dropped += ranked.length - MOST_ZONES
  state.zones = new Map(ranked.slice(0, MOST_ZONES))
}
