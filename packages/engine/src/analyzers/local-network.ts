import type { Analyzer, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { ArpMessage } from '../protocols/arp.ts'
import type { DhcpMessage } from '../protocols/messages.ts'
import { concludeSum } from './support/concluding.ts'
import { addCount, countTable, mergeCounts } from './support/counter.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from './support/evidence-frames.ts'

const MOST_KEYS = 1 << 12
const REQUEST = 1
const DHCP_NAK = 6
const DHCP_DECLINE = 4

/** What keeps a local network together: ARP with its conflicts, DHCP with its refusals. */
export const localNetwork: AnalyzerDefinition = {
  id: 'local-network',
  title: 'ARP and DHCP',
  description:
    'ARP requests and replies, addresses that two hardware addresses claim, DHCP messages by type, refused leases.',
  create: () => new LocalNetwork(),
}

interface State {
  requests: number
  replies: number
  gratuitous: number
  conflicts: EvidenceFrames
  /** Address that was claimed by more than one hardware address -> messages that say so. */
  disputed: Map<string, number>
  dhcpTypes: Map<string, number>
  refused: EvidenceFrames
}

const dhcpTypeNames = ['', 'discover', 'offer', 'request', 'decline', 'acknowledge', 'refuse', 'release', 'inform']

class LocalNetwork implements Analyzer<State> {
  private readonly counts: State = {
    requests: 0,
    replies: 0,
    gratuitous: 0,
    conflicts: newEvidence(),
    disputed: new Map(),
    dhcpTypes: new Map(),
    refused: newEvidence(),
  }
  readonly on = {
    arp: (message: ArpMessage) => this.arp(message),
    dhcp: (message: DhcpMessage) => this.dhcp(message),
  }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    counts.requests += other.requests
    counts.replies += other.replies
    counts.gratuitous += other.gratuitous
    mergeEvidence(counts.conflicts, other.conflicts)
    mergeEvidence(counts.refused, other.refused)
    mergeCounts(counts.disputed, other.disputed, MOST_KEYS)
    mergeCounts(counts.dhcpTypes, other.dhcpTypes, MOST_KEYS)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    return {
      section: {
        id: localNetwork.id,
        title: localNetwork.title,
        view: null,
        facts: [
          { key: 'requests', label: 'ARP requests', unit: 'count', value: counts.requests },
          { key: 'replies', label: 'ARP replies and others', unit: 'count', value: counts.replies },
          { key: 'gratuitous', label: 'Gratuitous ARP', unit: 'count', value: counts.gratuitous },
          { key: 'conflicts', label: 'ARP conflicts', unit: 'count', value: counts.conflicts.total },
        ],
        tables: [
          countTable(
            'disputed',
            'Addresses in conflicts',
            { key: 'address', label: 'Address', unit: 'address' },
            { key: 'messages', label: 'Messages', unit: 'count' },
            counts.disputed,
          ),
          countTable(
            'dhcp',
            'DHCP messages',
            { key: 'type', label: 'Type', unit: 'text' },
            { key: 'messages', label: 'Messages', unit: 'count' },
            counts.dhcpTypes,
          ),
        ],
      },
      conclusions: this.conclusions(),
    }
  }

  private arp(message: ArpMessage): void {
    const { counts } = this
    if (message.opcode === REQUEST) counts.requests++
    else counts.replies++
    if (message.isGratuitous) counts.gratuitous++
    if (!message.isDuplicateAddress) return
    addFrame(counts.conflicts, message.frame)
    if (message.senderAddress !== null) addCount(counts.disputed, message.senderAddress, MOST_KEYS)
  }

  private dhcp(message: DhcpMessage): void {
    const type = message.messageType ?? 0
    addCount(this.counts.dhcpTypes, dhcpTypeNames[type] || (type === 0 ? 'bootp' : `type ${type}`), MOST_KEYS)
    if (type === DHCP_NAK || type === DHCP_DECLINE) addFrame(this.counts.refused, message.frame)
  }

  private conclusions(): Conclusion[] {
    const { conflicts, refused, disputed } = this.counts
    const found: Conclusion[] = []
    if (conflicts.total > 0) {
      found.push({
        ...concludeSum('arp-conflict', conflicts),
        severity: 'medium',
        confidence: 'medium',
        values: { messages: conflicts.total, senders: disputed.size },
        displayFilter: 'arp.duplicate-address-detected',
      })
    }
    if (refused.total > 0) {
      found.push({
        ...concludeSum('dhcp-refused', refused),
        severity: 'low',
        confidence: 'high',
        values: { messages: refused.total },
        displayFilter: 'dhcp.option.dhcp == 6 || dhcp.option.dhcp == 4',
      })
    }
    return found
  }
}
