import type { VantageBasis, VantagePoint } from '../report.ts'
import type { QualityCounts } from './counts.ts'

export interface Vantage {
  readonly place: VantagePoint
  readonly basis: VantageBasis
}

/** Samples of a side below which its checksums tell nothing. */
const LEAST_CHECKSUMS = 3
/** Share of the handshakes, or of the SYNs, that must agree. */
const AGREEMENT = 0.8

/**
 * Where the capture was taken: on or beside the clients (initiators), the servers (responders), hosts that are both, or in between.
 * The host's own frames tell it best: marked as sent, or with checksums left to its network card; then how the capture point divides
 * the handshakes; then hop limits that no router has lowered.
 */
export function vantagePoint(counts: QualityCounts): Vantage {
  return bySentFrames(counts) ?? byChecksums(counts) ?? byHandshakes(counts) ?? byHopLimits(counts) ?? nowhere
}

const nowhere: Vantage = { place: 'unknown', basis: 'none' }

function bySentFrames({ outgoing: [clients, servers] }: QualityCounts): Vantage | null {
  return clients + servers === 0 ? null : { place: sideOf(clients > 0, servers > 0), basis: 'sent-frames' }
}

function byChecksums({ checksums, offloadedChecksums }: QualityCounts): Vantage | null {
  if (Math.min(...checksums) < LEAST_CHECKSUMS) return null
  const [clients, servers] = [0, 1].map((side) => offloadedChecksums[side] / checksums[side])
  if (Math.max(clients, servers) < AGREEMENT) return null
  return { place: sideOf(clients >= AGREEMENT, servers >= AGREEMENT), basis: 'checksums' }
}

function byHandshakes(counts: QualityCounts): Vantage | null {
  const { splitNearInitiator, splitNearResponder, splitBetween } = counts
  const total = splitNearInitiator + splitNearResponder + splitBetween
  if (total === 0) return null
  const basis = 'handshakes'
  if (splitNearInitiator >= AGREEMENT * total) return { place: 'client', basis }
  if (splitNearResponder >= AGREEMENT * total) return { place: 'server', basis }
  return { place: splitBetween > 0 ? 'middle' : 'both', basis }
}

function byHopLimits({ ttlSeen, ttlInitial }: QualityCounts): Vantage | null {
  if (Math.min(...ttlSeen) === 0) return null
  const [clients, servers] = [0, 1].map((side) => ttlInitial[side] >= AGREEMENT * ttlSeen[side])
  // where both are on this network, the hop limits do not tell which of them is nearer
  if (clients && servers) return null
  return { place: clients || servers ? sideOf(clients, servers) : 'middle', basis: 'hop-limits' }
}

function sideOf(isClient: boolean, isServer: boolean): VantagePoint {
  return isClient && isServer ? 'both' : isClient ? 'client' : 'server'
}
