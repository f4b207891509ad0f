import type { CaptureMetadata } from '../capture/metadata.ts'
import { CaptureRun } from '../capture-run.ts'
import { type CaptureTotals, epochText } from '../capture-totals.ts'
import type { Events } from '../events.ts'
import type { Limits } from '../limits.ts'
import { type Packet, SERVICE_TAG } from '../packet.ts'
import { ProtocolCounts } from '../protocol-counts.ts'
import type { HasProtocols } from '../protocol-set.ts'
import type { ArpMessage } from '../protocols/arp.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import { CoreFacts } from './core-facts.ts'
import { JsonList } from './json-list.ts'
import { JsonWriter } from './json-writer.ts'
import { ProtocolFacts } from './protocol-facts.ts'
import { RecordedTimes } from './recorded-times.ts'
import type { Spool } from './spool.ts'
import { UdpStreamFacts } from './udp-stream-facts.ts'

/** The shape's name and version; docs/reference/facts.md describes it. */
export const FACTS_FORMAT = 'capture-golden/1'

/**
 * Collects what an independent judge can check of a capture, and prints it as one JSON object.
 * Lists that grow with the capture go through the spool; what is held in memory grows with flows alone.
 */
export class Facts implements Partial<Events> {
  private readonly messages: ProtocolFacts
  /** Read the capture with this run, and finish it before the facts are printed. */
  readonly run: CaptureRun
  private readonly core: CoreFacts
  private readonly protocols = new ProtocolCounts()
  private readonly udpStreams = new UdpStreamFacts((flow) => this.run.pipeline.datagramFlows.readAlways(flow))
  private readonly times = new RecordedTimes()
  private readonly vlans = new Map<number, number>()
  private readonly lists: Record<
    'icmp4' | 'icmp6' | 'echo' | 'fragments4' | 'fragments6' | 'reassembled' | 'arp' | 'arpDuplicates',
    JsonList
  >

  constructor(spool: Spool, limits: Limits) {
    this.messages = new ProtocolFacts(spool)
    this.core = new CoreFacts(spool)
    this.run = new CaptureRun(limits, [this, this.messages], {
      keepFlows: true,
      protocols: true,
      quiet: true,
      takeText: (list, piece) => this.core.takeText(list, piece),
    })
    const list = () => new JsonList(spool)
    this.lists = {
      icmp4: list(),
      icmp6: list(),
      echo: list(),
      fragments4: list(),
      fragments6: list(),
      reassembled: list(),
      arp: list(),
      arpDuplicates: list(),
    }
  }

  datagram(packet: Packet, flow: number, direction: number, isFirst: boolean): void {
    this.udpStreams.take(packet, flow, direction, isFirst)
  }

  icmp(message: IcmpMessage): void {
    const list = message.version === 4 ? this.lists.icmp4 : this.lists.icmp6
    list.beginRow()
    list.number(message.frame)
    list.number(message.type)
    list.number(message.code)
    list.value(message.mtuBytes < 0 ? null : message.mtuBytes)
    list.endRow()
    if (message.requestFrame === 0 || message.version !== 4) return
    const { echo } = this.lists
    echo.beginRow()
    echo.number(message.frame)
    echo.number(message.requestFrame)
    echo.number(message.rttNs)
    echo.endRow()
  }

  arp(message: ArpMessage): void {
    const { arp, arpDuplicates } = this.lists
    arp.beginRow()
    arp.number(message.frame)
    arp.number(message.opcode)
    arp.value(message.senderMac)
    arp.value(message.senderAddress)
    arp.value(message.targetMac)
    arp.value(message.targetAddress)
    arp.number(message.isGratuitous ? 1 : 0)
    arp.endRow()
    if (message.isDuplicateAddress) arpDuplicates.number(message.frame)
  }

  frame(packet: Packet): void {
    if (packet.isInHierarchy) this.protocols.count(packet)
    this.times.take(packet)
    if (packet.vlanCount > 0) this.countVlans(packet)
    if (packet.isFragmentV4) this.lists.fragments4.number(packet.number)
    if (packet.isFragmentV6) this.lists.fragments6.number(packet.number)
    if (packet.reassembledLength > 0) {
      this.lists.reassembled.beginRow()
      this.lists.reassembled.number(packet.number)
      this.lists.reassembled.number(packet.reassembledLength)
      this.lists.reassembled.endRow()
    }
  }

  quietProtocols(protocols: HasProtocols, frames: number, wireBytes: number): void {
    this.protocols.countFrames(protocols, frames, wireBytes)
  }

  quietVlan(id: number, frames: number): void {
    this.vlans.set(id, (this.vlans.get(id) ?? 0) + frames)
  }

  /** Prints everything; call it once, after the last frame. */
  print(file: { name: string; size: number }, write: (piece: Uint8Array) => void): void {
    const { totals, pipeline, files } = this.run
    const { metadata } = files[0]
    this.core.finish(pipeline.core)
    const json = new JsonWriter(write)
    json.begin()
    json.member('format', FACTS_FORMAT)
    json.member('file', file)
    json.member('status', metadata.end.status)
    json.member('message', metadata.end.reason === null ? [] : [metadata.end.reason])
    json.member('capture', captureFacts(metadata, totals, this.times))
    json.member(
      'protocols',
      Object.fromEntries([...this.protocols.totals()].map(([name, { frames }]) => [name, frames])),
    )
    json.member('vlan', Object.fromEntries(this.vlans))
    this.udpStreams.settle(pipeline.core)
    const extraRows = this.udpStreams.rows()
    json.section('conversations', () => this.core.printConversations(json, pipeline.core, extraRows))
    json.section('tcp', () => this.core.printTcp(json, pipeline.core))
    json.section('udp', () => json.member('streams', pipeline.core.countedStreams(17) + extraRows.length))
    json.section('icmp', () => {
      json.list('v4', this.lists.icmp4)
      json.list('v6', this.lists.icmp6)
      json.list('echo_match', this.lists.echo)
    })
    json.section('fragments', () => {
      json.list('v4', this.lists.fragments4)
      json.list('v6', this.lists.fragments6)
      json.list('reassembled', this.lists.reassembled)
    })
    json.section('arp', () => {
      json.list('messages', this.lists.arp)
      json.list('duplicate_address', this.lists.arpDuplicates)
    })
    const quic = pipeline.protocols?.quic
    this.messages.print(json, {
      frames: this.core.quicFrames,
      versions: quic?.versionFrames ?? new Map(),
      connections: quic?.connectionCount ?? 0,
    })
    json.end()
  }

  /** Prints what can be said of a file whose header is damaged. */
  printUnreadable(file: { name: string; size: number }, message: string, write: (piece: Uint8Array) => void): void {
    const json = new JsonWriter(write)
    json.begin()
    json.member('format', FACTS_FORMAT)
    json.member('file', file)
    json.member('status', 'unreadable')
    json.member('message', [message])
    json.member('capture', { packets: 0, bytes: 0, captured_bytes: 0 })
    json.end()
  }

  private countVlans(packet: Packet): void {
    for (let i = 0; i < packet.vlanCount; i++) {
      const id = packet.vlanIds[i]
      if (id >= SERVICE_TAG) continue // tshark has another field for those
      if (packet.vlanIds.indexOf(id) < i) continue
      this.vlans.set(id, (this.vlans.get(id) ?? 0) + 1)
    }
  }
}

function captureFacts(metadata: CaptureMetadata, totals: CaptureTotals, times: RecordedTimes): object {
  const recorded = times.texts()
  return {
    packets: totals.packets,
    bytes: totals.wireBytes,
    captured_bytes: totals.capturedBytes,
    first_ts: recorded?.first ?? epochText(totals.firstSeconds, totals.firstNanoseconds),
    last_ts: recorded?.last ?? epochText(totals.lastSeconds, totals.lastNanoseconds),
    min_ts: recorded?.min ?? epochText(totals.earliestSeconds, totals.earliestNanoseconds),
    max_ts: recorded?.max ?? epochText(totals.latestSeconds, totals.latestNanoseconds),
    time_ordered: totals.timeOrdered,
    file_type: metadata.format,
    interfaces: metadata.interfaces.length,
    decryption_secrets: metadata.decryptionSecrets,
    link_types: Object.fromEntries(totals.linkTypes),
    interface_packets: Object.fromEntries(totals.interfacePackets),
  }
}
