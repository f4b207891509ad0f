import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { ArpMessage } from '../protocols/arp.ts'
import type { DhcpMessage } from '../protocols/messages.ts'
import type { DetectorDefinition } from './detector.ts'
import {
  addClaim,
  addRequest,
  type Claims,
  mergeClaims,
  newClaims,
  type Takeover,
  takeovers,
} from './local-spoofing/claims.ts'
import { addAnswer, type Leases, mergeLeases, type Rivalry, rivalries } from './local-spoofing/leases.ts'
import { mostSevere, securityConclusion } from './support/security-conclusion.ts'

const REQUEST = 1
const REPLY = 2
const DHCP_OFFER = 2
const DHCP_ACK = 5
const UNSPECIFIED = '0.0.0.0'

/** Hosts that pass for others on the local network. */
export const localSpoofing: DetectorDefinition = {
  id: 'local-spoofing',
  title: 'Spoofing on the local network',
  description:
    'Hardware addresses that go on answering ARP, unasked, for addresses of others, and DHCP servers that answer the same requests with addresses of another network. A take-over that is announced and then left alone is none.',
  attack: ['T1557.002', 'T1557.003'],
  lookAlikes: [
    'a fail-over that announces itself',
    'a router that answers for others when asked (proxy ARP)',
    'two DHCP servers that share a network',
  ],
  settings: {
    replies: {
      unit: 'count',
      default: 5,
      least: 1,
      most: 10_000,
      description:
        'ARP replies nobody asked for, for an address first seen with somebody else, from which it is spoofed.',
    },
  },
  create: (context) => new LocalSpoofing(context),
}

interface State {
  claims: Claims
  leases: Leases
}

class LocalSpoofing implements Analyzer<State> {
  private readonly seen: State = { claims: newClaims(), leases: new Map() }
  private readonly context: AnalyzerContext
  readonly on = {
    arp: (message: ArpMessage) => this.arp(message),
    dhcp: (message: DhcpMessage) => this.dhcp(message),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): State {
    return this.seen
  }

  merge(other: State): void {
    mergeClaims(this.seen.claims, other.claims)
    mergeLeases(this.seen.leases, other.leases)
  }

  finish(): AnalyzerResult {
    const { claims, leases } = this.seen
    const spoofers = [...takeovers(claims, this.context.setting('replies'))].filter(
      // a fail-over moves an address once, and the owner is gone
      ([, taken]) => taken.length > 1 || taken[0].isContested,
    )
    const rivals = rivalries(leases)
    return {
      section: {
        id: localSpoofing.id,
        title: localSpoofing.title,
        view: null,
        facts: [
          { key: 'addresses', label: 'Addresses claimed by ARP', unit: 'count', value: claims.claimants.size },
          { key: 'spoofers', label: 'Hardware addresses that spoof', unit: 'count', value: spoofers.length },
          { key: 'leaseRequests', label: 'DHCP requests answered', unit: 'count', value: leases.size },
          { key: 'rivals', label: 'Pairs of DHCP servers at odds', unit: 'count', value: rivals.length },
        ],
        tables: [],
      },
      conclusions: mostSevere([
        ...spoofers.map(([mac, taken]) => concludeSpoofing(mac, taken)),
        ...rivals.map(concludeRivalry),
      ]),
    }
  }

  private arp({ senderMac, senderAddress, targetAddress, opcode, frame }: ArpMessage): void {
    if (opcode === REQUEST && targetAddress !== null) addRequest(this.seen.claims, targetAddress)
    if (senderMac === null || senderAddress === null || senderAddress === UNSPECIFIED) return
    addClaim(this.seen.claims, senderAddress, senderMac, opcode === REPLY, frame)
  }

  private dhcp(message: DhcpMessage): void {
    const { messageType, serverAddress, yourAddress, transactionId, frame } = message
    if (messageType !== DHCP_OFFER && messageType !== DHCP_ACK) return
    if (serverAddress === null || yourAddress === null || yourAddress === UNSPECIFIED) return
    addAnswer(this.seen.leases, transactionId, { server: serverAddress, address: yourAddress, frame })
  }
}

function concludeSpoofing(mac: string, taken: readonly Takeover[]): Conclusion {
  const ordered = taken.toSorted((a, b) => (a.address < b.address ? -1 : 1))
  const replies = ordered.reduce((sum, { claim }) => sum + claim.replies, 0)
  const unasked = ordered.reduce((sum, takeover) => sum + takeover.unasked, 0)
  const contested = ordered.filter(({ isContested }) => isContested).length
  const values = {
    mac,
    addresses: ordered
      .map(({ address }) => address)
      .slice(0, 5)
      .join(', '),
    count: ordered.length,
    owners: [...new Set(ordered.map(({ owner }) => owner))].slice(0, 5).join(', '),
    replies,
    unasked,
    contested,
  }
  return securityConclusion({
    kind: 'arp-spoofing',
    subject: mac,
    severity: contested > 0 && ordered.length > 1 ? 'critical' : 'high',
    confidence: contested > 0 ? 'high' : 'medium',
    attack: ['T1557.002'],
    frames: ordered.flatMap(({ claim }) => claim.frames),
    values,
    hypotheses: [
      { id: 'interception', accepted: true, values },
      { id: 'failover', accepted: false, values },
    ],
    needs: [],
  })
}

function concludeRivalry({ servers, addresses, requests, frames }: Rivalry): Conclusion {
  const values = { one: servers[0], other: servers[1], oneAddress: addresses[0], otherAddress: addresses[1], requests }
  return securityConclusion({
    kind: 'rogue-dhcp-server',
    subject: servers.join('-'),
    severity: 'medium',
    confidence: 'medium',
    attack: ['T1557.003'],
    frames,
    values,
    hypotheses: [{ id: 'twoNetworks', accepted: true, values }],
    needs: [],
  })
}
