import type { Analyzer, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Packet } from '../packet.ts'
import type { CaptureSummary } from '../report.ts'
import { fragmentConclusions } from './fragments/conclusions.ts'
import { type Fragment, findFragment } from './fragments/find-fragment.ts'
import { fragmentSection } from './fragments/section.ts'
import {
  type Datagram,
  type FragmentTotals,
  mergeFragmentTotals,
  newFragmentTotals,
  pairOf,
} from './fragments/totals.ts'
import { addFrame } from './support/evidence-frames.ts'

/** Payload below which a fragment that is not the last hides the transport header (RFC 1858 §3). */
const TINY_BYTES = 64
const MOST_OPEN = 4096
const MOST_PIECES = 256

/** IP fragments of both versions: datagrams that arrive whole and those that do not, tiny and overlapping pieces. */
export const fragments: AnalyzerDefinition = {
  id: 'fragments',
  title: 'IP fragmentation',
  description:
    'Fragments of IPv4 and IPv6, datagrams put together and those that lack a piece, tiny and overlapping fragments, and the largest fragment of a path.',
  create: () => new Fragments(),
}

/** Cost: one test a frame. Memory: at most 4 096 datagrams that wait for their rest. */
class Fragments implements Analyzer<FragmentTotals> {
  private readonly totals = newFragmentTotals()
  readonly on = {
    frame: (packet: Packet) => {
      if (packet.isFragmentV4 || packet.isFragmentV6) this.fragment(packet)
    },
  }

  state(): FragmentTotals {
    return this.totals
  }

  merge(other: FragmentTotals): void {
    mergeFragmentTotals(this.totals, other)
  }

  finish(capture: CaptureSummary): AnalyzerResult {
    const { section, incomplete } = fragmentSection(fragments, this.totals, capture)
    return { section, conclusions: fragmentConclusions(this.totals, incomplete) }
  }

  private fragment(packet: Packet): void {
    const { totals } = this
    if (packet.isFragmentV4) totals.fragmentsV4++
    else totals.fragmentsV6++
    const fragment = findFragment(packet)
    if (fragment === null) {
      totals.notRead++
      return
    }
    const pair = pairOf(totals, fragment.source, fragment.destination)
    if (pair === null) return
    pair.fragments++
    pair.largestBytes = Math.max(pair.largestBytes, fragment.packetBytes)
    if (fragment.hasMore && fragment.end - fragment.start < TINY_BYTES) addFrame(pair.tiny, packet.number)
    if (packet.capturedLength < packet.wireLength) {
      totals.cut++
      return
    }
    const datagram = this.datagramOf(fragment, packet)
    if (overlaps(datagram, fragment)) addFrame(pair.overlapping, packet.number)
    if (datagram.pieces.length < MOST_PIECES) datagram.pieces.push([fragment.start, fragment.end])
    datagram.lastTimeNs = packet.timeNs
    if (datagram.frames.length < MOST_PIECES) datagram.frames.push(packet.number)
    if (packet.reassembledLength === 0) return
    totals.complete++
    pair.complete++
    totals.open.delete(fragment.key)
  }

  private datagramOf({ key, source, destination }: Fragment, packet: Packet): Datagram {
    const { open } = this.totals
    const known = open.get(key)
    if (known !== undefined) return known
    if (open.size >= MOST_OPEN) this.dropOldest()
    const made: Datagram = { source, destination, pieces: [], frames: [], lastTimeNs: packet.timeNs }
    open.set(key, made)
    return made
  }

  /** Of too many the one that began first counts as incomplete at once. */
  private dropOldest(): void {
    const { open, dropped } = this.totals
    const [key, datagram] = open.entries().next().value as [string, Datagram]
    open.delete(key)
    dropped.push(datagram)
    if (dropped.length > MOST_OPEN) {
      dropped.shift()
      this.totals.beyond++
    }
  }
}

/** True when the fragment brings bytes that another piece already holds, without being the same piece again. */
function overlaps({ pieces }: Datagram, { start, end }: Fragment): boolean {
  return pieces.some(([from, to]) => start < to && end > from && !(start === from && end === to))
}
