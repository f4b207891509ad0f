import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import { EVENT_SILENCE } from '../tcp/told.ts'
import {
  addStart,
  type BeaconState,
  type Contact,
  columnOf,
  mergeBeacon,
  newBeaconState,
  startsOf,
} from './beacon/contacts.ts'
import { UdpRestarts } from './beacon/restarts.ts'
import { type Rhythm, rhythmOf } from './beacon/rhythm.ts'
import type { DetectorDefinition } from './detector.ts'
import { endedFlow, SAW_SYN } from './support/ended-flow.ts'
import { mostSevere, securityConclusion } from './support/security-conclusion.ts'

/** Services that are regular by design: names, time, leases, discovery, keep-alives of tunnels and telephony. */
const regularServices: ReadonlySet<number> = new Set([
  53, 67, 68, 123, 137, 138, 161, 162, 319, 320, 500, 514, 546, 547, 853, 1194, 1900, 3478, 3479, 3702, 4500, 5060,
  5061, 5353, 5355, 51820,
])
const webPorts: ReadonlySet<number> = new Set([80, 443, 8080, 8443])
const QUIC_PORT = 443
const MANY_BEATS = 20
const STEADY = 0.2

/** Hosts that call home: connections or datagrams to one address outside at a steady beat. */
export const beacon: DetectorDefinition = {
  id: 'beacon',
  title: 'Beacons',
  description:
    'Connections or datagrams of one host to one service outside that begin at a steady beat, jitter and missed beats allowed. What happens within a connection does not count, nor do time, names and keep-alives of tunnels.',
  attack: ['T1071', 'T1071.001', 'T1571'],
  lookAlikes: [
    'time, names and leases',
    'keep-alives within a connection',
    'monitoring inside',
    'people, whose intervals vary',
  ],
  settings: {
    starts: {
      unit: 'count',
      default: 10,
      least: 4,
      most: 1000,
      description: 'Beats from which a rhythm is one.',
    },
    leastInterval: {
      unit: 'ns',
      default: 5e9,
      least: 1e9,
      most: 86_400e9,
      description: 'Shortest interval between beats; also how long UDP must be silent for a datagram to be a beat.',
    },
    jitter: {
      unit: 'ratio',
      default: 0.3,
      least: 0,
      most: 0.5,
      description: 'How far an interval may be off the median one, as a share of it.',
    },
    regularShare: {
      unit: 'ratio',
      default: 0.8,
      least: 0.5,
      most: 1,
      description: 'Least share of the intervals that must be regular.',
    },
  },
  create: (context) => new Beacon(context),
}

class Beacon implements Analyzer<BeaconState> {
  private readonly counts = newBeaconState()
  private readonly context: AnalyzerContext
  private readonly silenceNs: number
  private readonly starts: number
  private readonly restarts = new UdpRestarts()
  readonly on = {
    datagram: (packet: Packet, flow: number, direction: number) => this.datagram(packet, flow, direction),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.silenceNs = context.setting('leastInterval')
    this.starts = context.setting('starts')
  }

  state(): BeaconState {
    return this.counts
  }

  merge(other: BeaconState): void {
    mergeBeacon(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const found: Conclusion[] = []
    for (const contact of counts.contacts.values()) {
      const rhythm = this.rhythmOf(contact)
      if (rhythm !== null) found.push(conclude(contact, rhythm))
    }
    const conclusions = mostSevere(found)
    return {
      section: {
        id: beacon.id,
        title: beacon.title,
        view: null,
        facts: [
          { key: 'contacts', label: 'Services outside turned to', unit: 'count', value: counts.contacts.size },
          { key: 'beacons', label: 'At a steady beat', unit: 'count', value: found.length },
          { key: 'contactsBeyond', label: 'Given up for room', unit: 'count', value: counts.dropped },
        ],
        tables: [],
      },
      conclusions,
    }
  }

  /** Notes the datagrams of the first sender after silence. */
  private datagram(packet: Packet, flow: number, direction: number): void {
    const { told } = this.context.current
    if (direction !== 0 || !told.has(EVENT_SILENCE) || packet.timeNs - told.previousTimeNs < this.silenceNs) return
    this.restarts.add(flow, packet.timeNs, packet.number)
  }

  private flowEnd(flow: Flow): void {
    const isTcp = flow.transport === 'tcp'
    const restarts = isTcp ? null : this.restarts.give(flow.index)
    if (regularServices.has(flow.port(flow.initiator ^ 1))) return
    const ended = endedFlow(flow)
    const { firstTimeNs, firstFrame, initiatorBytes, initiatorFrames } = ended
    if (isTcp ? (ended.completeness & SAW_SYN) === 0 : initiatorFrames === 0) return
    if (!ended.leavesSite) return
    addStart(this.counts, ended, firstTimeNs, firstFrame, restarts === null ? initiatorBytes : -1)
    // QUIC keeps one connection alive for hours; only its beginning counts
    if (restarts === null || ended.responderPort === QUIC_PORT || !ended.initiatorSentFirst) return
    for (const [i, frame] of restarts.frames.entries()) addStart(this.counts, ended, restarts.timesNs[i], frame, -1)
  }

  /** The rhythm of a contact when it is a beacon's. */
  private rhythmOf(contact: Contact): Rhythm | null {
    const { context, starts } = this
    if (startsOf(contact) < starts) return null
    const rhythm = rhythmOf(
      columnOf(contact, 0).sort((a, b) => a - b),
      context.setting('jitter'),
    )
    if (rhythm === null || rhythm.beats < starts || rhythm.medianNs < context.setting('leastInterval')) return null
    return rhythm.regularShare >= context.setting('regularShare') ? rhythm : null
  }
}

function conclude(contact: Contact, rhythm: Rhythm): Conclusion {
  const sizes = columnOf(contact, 2).filter((bytes) => bytes >= 0)
  const least = sizes.length === 0 ? 0 : Math.min(...sizes)
  const greatest = sizes.length === 0 ? 0 : Math.max(...sizes)
  const isWeb = contact.isTcp && webPorts.has(contact.port)
  const isSteady = rhythm.variation <= STEADY && rhythm.beats >= MANY_BEATS
  const measured = {
    beats: rhythm.beats,
    medianNs: rhythm.medianNs,
    deviationNs: rhythm.deviationNs,
    regular: Math.round(rhythm.regularShare * 1000) / 1000,
    variation: Math.round(rhythm.variation * 1000) / 1000,
  }
  return securityConclusion({
    kind: 'beacon',
    subject: `${contact.source}>${contact.target}:${contact.port}/${contact.isTcp ? 'tcp' : 'udp'}`,
    severity: isSteady && !isWeb ? 'high' : 'medium',
    confidence: isSteady ? 'medium' : 'low',
    samples: rhythm.beats,
    attack: isWeb ? ['T1071.001'] : ['T1071', 'T1571'],
    frames: columnOf(contact, 1),
    values: {
      source: contact.source,
      target: contact.target,
      service: `${contact.isTcp ? 'TCP' : 'UDP'} ${contact.port}`,
      least,
      greatest,
      ...measured,
    },
    hypotheses: [
      { id: 'timer', accepted: true, values: measured },
      { id: 'person', accepted: false, values: measured },
    ],
    needs: ['monotone-clock', 'no-capture-drops', 'connection-starts'],
  })
}
