import type { Analyzer, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Packet } from '../packet.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import { tableOf } from '../tables.ts'
import { concludeSum } from './support/concluding.ts'
import { addCount, countTable, mergeCounts } from './support/counter.ts'
import { addDuration, type DurationHistogram, mergeHistogram, newHistogram } from './support/duration-histogram.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from './support/evidence-frames.ts'
import { addText, allTexts, mergeTexts } from './support/few-texts.ts'
import { percentileFacts } from './support/percentile-facts.ts'
import { quotedDestination, quotedSource } from './support/quoted-addresses.ts'

/** ICMP and ICMPv6: messages by type and code, echo round trips, path MTU messages. */
export const icmp: AnalyzerDefinition = {
  id: 'icmp',
  title: 'ICMP',
  description:
    'Messages by type and code, echo requests and their round-trip time, unreachable destinations, path MTU.',
  create: () => new Icmp(),
}

const MOST_DESTINATIONS = 1 << 12

/** Codes of destination unreachable (RFC 792, RFC 1812 §5.2.7.1; RFC 4443 §3.1). */
const reasonsV4: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  5: 'source route failed',
  6: 'network unknown',
  7: 'host unknown',
  9: 'network prohibited',
  10: 'host prohibited',
  13: 'prohibited by a filter',
}
const reasonsV6: Readonly<Record<number, string>> = {
  0: 'no route',
  1: 'prohibited by a filter',
  2: 'beyond the scope of the source',
  3: 'address unreachable',
  4: 'port unreachable',
  5: 'source address refused',
  6: 'route rejected',
}

interface State {
  /** version << 16 | type << 8 | code -> messages. */
  kinds: Map<number, number>
  echoRequests: number
  echoReplies: number
  echoMatched: number
  echoRtt: DurationHistogram
  unreachable: EvidenceFrames
  /** Hosts that were told so, as far as a short list tells them apart. */
  told: string[]
  tooBig: EvidenceFrames
  timeExceeded: EvidenceFrames
  leastMtuBytes: number | null
  /** Quoted destination and reason -> messages. */
  unreachableTo: Map<string, number>
}

class Icmp implements Analyzer<State> {
  private readonly counts: State = {
    kinds: new Map(),
    echoRequests: 0,
    echoReplies: 0,
    echoMatched: 0,
    echoRtt: newHistogram(),
    unreachable: newEvidence(),
    told: [],
    tooBig: newEvidence(),
    timeExceeded: newEvidence(),
    leastMtuBytes: null,
    unreachableTo: new Map(),
  }
  readonly on = { icmp: (message: IcmpMessage, packet: Packet) => this.message(message, packet) }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    for (const [kind, count] of other.kinds) counts.kinds.set(kind, (counts.kinds.get(kind) ?? 0) + count)
    counts.echoRequests += other.echoRequests
    counts.echoReplies += other.echoReplies
    counts.echoMatched += other.echoMatched
    mergeHistogram(counts.echoRtt, other.echoRtt)
    mergeEvidence(counts.unreachable, other.unreachable)
    mergeTexts(counts.told, other.told)
    mergeEvidence(counts.tooBig, other.tooBig)
    mergeEvidence(counts.timeExceeded, other.timeExceeded)
    mergeCounts(counts.unreachableTo, other.unreachableTo, MOST_DESTINATIONS)
    if (other.leastMtuBytes !== null) this.takeMtu(other.leastMtuBytes)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const kinds = [...counts.kinds].sort((a, b) => b[1] - a[1] || a[0] - b[0])
    const MOST_ROWS = 30
    return {
      section: {
        id: icmp.id,
        title: icmp.title,
        view: null,
        facts: [
          { key: 'echoRequests', label: 'Echo requests', unit: 'count', value: counts.echoRequests },
          { key: 'echoReplies', label: 'Echo replies', unit: 'count', value: counts.echoReplies },
          { key: 'echoMatched', label: 'Echo requests answered', unit: 'count', value: counts.echoMatched },
          ...percentileFacts('echo', 'Echo round trip', counts.echoRtt),
          { key: 'leastMtuBytes', label: 'Least path MTU told', unit: 'bytes', value: counts.leastMtuBytes },
        ],
        tables: [
          tableOf(
            { key: 'kinds', title: 'Messages by type and code', total: kinds.length },
            kinds.slice(0, MOST_ROWS),
            [
              { key: 'version', label: 'IP version', unit: 'count', value: ([kind]) => kind >> 16 },
              { key: 'type', label: 'Type', unit: 'count', value: ([kind]) => (kind >> 8) & 255 },
              { key: 'code', label: 'Code', unit: 'count', value: ([kind]) => kind & 255 },
              { key: 'messages', label: 'Messages', unit: 'count', value: ([, count]) => count },
            ],
          ),
          countTable(
            'unreachable',
            'Destinations reported unreachable, and why',
            { key: 'destination', label: 'Destination and reason', unit: 'text' },
            { key: 'messages', label: 'Messages', unit: 'count' },
            counts.unreachableTo,
          ),
        ],
      },
      conclusions: this.conclusions(),
    }
  }

  private message(message: IcmpMessage, packet: Packet): void {
    const { counts } = this
    const kind = (message.version << 16) | (message.type << 8) | message.code
    counts.kinds.set(kind, (counts.kinds.get(kind) ?? 0) + 1)
    if (message.isEchoRequest) counts.echoRequests++
    if (message.isEchoReply) counts.echoReplies++
    if (message.requestFrame !== 0) {
      counts.echoMatched++
      addDuration(counts.echoRtt, message.rttNs)
    }
    const { version, type, code, frame } = message
    const isTooBig = version === 4 ? type === 3 && code === 4 : type === 2
    const isUnreachable = version === 4 ? type === 3 && code !== 4 : type === 1
    if (isTooBig) {
      addFrame(counts.tooBig, frame)
      if (message.mtuBytes > 0) this.takeMtu(message.mtuBytes)
    } else if (isUnreachable) {
      addFrame(counts.unreachable, frame)
      const destination = quotedDestination(packet, version)
      const told = quotedSource(packet, version)
      const reason = (version === 4 ? reasonsV4 : reasonsV6)[code] ?? `code ${code}`
      if (told !== null) addText(counts.told, told)
      if (destination !== null) addCount(counts.unreachableTo, `${destination}: ${reason}`, MOST_DESTINATIONS)
    }
    if (version === 4 ? type === 11 : type === 3) addFrame(counts.timeExceeded, frame)
  }

  private takeMtu(mtuBytes: number): void {
    const { leastMtuBytes } = this.counts
    this.counts.leastMtuBytes = leastMtuBytes === null ? mtuBytes : Math.min(leastMtuBytes, mtuBytes)
  }

  private conclusions(): Conclusion[] {
    const { tooBig, unreachable, told, timeExceeded, leastMtuBytes } = this.counts
    const clients = allTexts(told)
    const found: Conclusion[] = []
    if (tooBig.total > 0) {
      found.push({
        ...concludeSum('icmp-packet-too-big', tooBig),
        severity: 'medium',
        values: { messages: tooBig.total, leastMtu: leastMtuBytes ?? '' },
        displayFilter: '(icmp.type == 3 && icmp.code == 4) || icmpv6.type == 2',
      })
    }
    if (unreachable.total > 0) {
      found.push({
        ...concludeSum('icmp-unreachable', unreachable),
        severity: 'low',
        values: { messages: unreachable.total },
        ...(clients === undefined ? {} : { causedBy: clients }),
        displayFilter: '(icmp.type == 3 && !(icmp.code == 4)) || icmpv6.type == 1',
      })
    }
    if (timeExceeded.total > 0) {
      found.push({
        ...concludeSum('icmp-time-exceeded', timeExceeded),
        severity: 'info',
        values: { messages: timeExceeded.total },
        displayFilter: 'icmp.type == 11 || icmpv6.type == 3',
      })
    }
    return found
  }
}
