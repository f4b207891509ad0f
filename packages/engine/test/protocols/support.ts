import { Packet } from '../../src/packet.ts'
import { DissectorChooser } from '../../src/protocols/choose-dissector.ts'
import { DnsEvents } from '../../src/protocols/dns-events.ts'
import { streamProtocols } from '../../src/protocols/index.ts'
import type { DnsMessageEvent, HttpRequest, HttpResponse, ProtocolListener } from '../../src/protocols/messages.ts'
import { silentListener } from '../../src/protocols/messages.ts'
import { SegmentFlag } from '../../src/protocols/segment-flags.ts'
import type { StreamConnections } from '../../src/protocols/stream-connections.ts'
import { StreamHandoff } from '../../src/protocols/stream-handoff.ts'

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** What a scripted connection was heard to say. */
export class Recorder implements ProtocolListener {
  readonly requests: HttpRequest[] = []
  readonly responses: HttpResponse[] = []
  readonly dnsMessages: DnsMessageEvent[] = []
  readonly unanswered: DnsMessageEvent[] = []
  readonly tlsClientHello = silentListener.tlsClientHello
  readonly tlsServerHello = silentListener.tlsServerHello
  readonly tlsCertificate = silentListener.tlsCertificate
  readonly tlsAlert = silentListener.tlsAlert
  readonly tlsStep = silentListener.tlsStep
  readonly quicClientHello = silentListener.quicClientHello
  readonly sshBanner = silentListener.sshBanner
  readonly dhcp = silentListener.dhcp
  readonly dhcpv6 = silentListener.dhcpv6

  dns(message: DnsMessageEvent): void {
    this.dnsMessages.push(message)
  }

  dnsUnanswered(query: DnsMessageEvent): void {
    this.unanswered.push(query)
  }

  httpRequest(request: HttpRequest): void {
    this.requests.push(request)
  }

  httpResponse(response: HttpResponse): void {
    this.responses.push(response)
  }
}

/** Connections of which every segment is shown, whatever the dissectors say. */
const everythingShown: StreamConnections = {
  serverPort: () => 0,
  readAll: () => {},
  passAll: () => {},
  read: () => {},
  name: () => {},
  skip: () => {},
  hearFin: () => {},
  skippedTo: () => -1,
  passRecords: () => {},
  recordsPassed: () => null,
}

/** One connection whose segments a test sends; payload buffers are overwritten after each call, as borrowed bytes are. */
export class ScriptedConnection {
  readonly recorder = new Recorder()
  readonly handoff: StreamHandoff
  readonly packet = new Packet()
  /** Frames that were marked with any protocol. */
  readonly markedFrames: number[] = []
  readonly #next = [1, 1]
  readonly #serverPort: number

  constructor(serverPort: number, maxStreamBytes = 1 << 20) {
    this.#serverPort = serverPort
    const dns = new DnsEvents(this.recorder)
    const chooser = new DissectorChooser(streamProtocols(this.recorder, dns))
    this.handoff = new StreamHandoff(chooser, { maxStreamBytes, maxReassemblyBytes: 64 << 20 }, everythingShown)
  }

  /** Sends payload and returns its frame number. Without `sequence` it follows what that side sent last. */
  send(direction: 0 | 1, payload: Uint8Array | string, flags = 0, sequence?: number, isWhole = true): number {
    const data = typeof payload === 'string' ? ascii(payload) : payload.slice()
    const { packet } = this
    packet.number += 1
    packet.timeNs = packet.number * 1_000_000
    packet.protocolsLow = 0
    packet.protocolsHigh = 0
    const at = sequence ?? this.#next[direction]!
    if (sequence === undefined) this.#next[direction] = at + data.length
    const ports = direction === 0 ? [40_000, this.#serverPort] : [this.#serverPort, 40_000]
    this.handoff.segment(
      0,
      direction,
      0,
      packet,
      ports[0]!,
      ports[1]!,
      at,
      data,
      0,
      data.length,
      flags === SegmentFlag.rst || !isWhole ? flags : flags | SegmentFlag.whole,
    )
    data.fill(0xee)
    if (packet.protocolsLow !== 0 || packet.protocolsHigh !== 0) this.markedFrames.push(packet.number)
    return packet.number
  }

  /** Moves a side's position without sending anything: those bytes were not captured. */
  skip(direction: 0 | 1, bytes: number): void {
    this.#next[direction] = this.#next[direction]! + bytes
  }

  position(direction: 0 | 1): number {
    return this.#next[direction]!
  }
}

/** A DNS message with one question and, for a response, `answers` records for it. */
export function dnsMessage(
  id: number,
  flags: number,
  name: string,
  type = 1,
  answers: readonly Uint8Array[] = [],
): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...ascii(label)])
  const header = [id >> 8, id & 255, flags >> 8, flags & 255, 0, 1, 0, answers.length, 0, 0, 0, 0]
  const records = answers.flatMap((data) => [
    0xc0,
    12,
    0,
    type,
    0,
    1,
    0,
    0,
    0,
    60,
    data.length >> 8,
    data.length & 255,
    ...data,
  ])
  return Uint8Array.of(...header, ...labels, 0, 0, type, 0, 1, ...records)
}
