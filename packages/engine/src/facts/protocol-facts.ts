import type { Events } from '../events.ts'
import type { DhcpMessage, Dhcpv6Message, DnsMessageEvent, HttpRequest, HttpResponse } from '../protocols/messages.ts'
import type { QuicClientHello, TlsAlert, TlsClientHello, TlsServerHello } from '../protocols/tls/messages.ts'
import { JsonList } from './json-list.ts'
import type { JsonWriter } from './json-writer.ts'
import type { Spool } from './spool.ts'
import type { SpooledText } from './spooled-text.ts'

type ListName =
  | 'dns'
  | 'dnsUnanswered'
  | 'dnsRetransmitted'
  | 'clientHello'
  | 'serverHello'
  | 'alerts'
  | 'requests'
  | 'responses'
  | 'quicNames'
  | 'dhcp4'
  | 'dhcp6'

/** Rows of application messages, one for each frame that completes one. */
export class ProtocolFacts implements Partial<Events> {
  private readonly lists: Record<ListName, JsonList>
  /** tshark's row of a frame with two hellos holds both; so a row waits until the next frame. */
  private clientHello: [number, number, string | null, number | null, number[]] | null = null
  private serverHello: [number, number, number | null] | null = null
  private lastRetransmission = 0
  /** Frames of TCP, which hold several messages, that are not listed as unanswered: one of the messages was answered or is a repetition. */
  private readonly settledInStreams = new Set<number>()

  constructor(spool: Spool) {
    const list = () => new JsonList(spool)
    this.lists = {
      dns: list(),
      dnsUnanswered: list(),
      dnsRetransmitted: list(),
      clientHello: list(),
      serverHello: list(),
      alerts: list(),
      requests: list(),
      responses: list(),
      quicNames: list(),
      dhcp4: list(),
      dhcp6: list(),
    }
  }

  dns(message: DnsMessageEvent): void {
    const { frame, family, transport, id, isResponse, name, type, rcode, responseTo, latencyNs } = message
    const to = responseTo === 0 ? null : responseTo
    this.row('dns', [
      frame,
      family,
      transport,
      id,
      isResponse ? 1 : 0,
      name,
      type,
      rcode,
      to,
      to === null ? null : latencyNs,
    ])
    if (transport === 'tcp' && to !== null) this.settledInStreams.add(to)
    if (!message.isRetransmission || frame === this.lastRetransmission) return
    this.lastRetransmission = frame
    this.lists.dnsRetransmitted.number(frame)
    if (transport === 'tcp') this.settledInStreams.add(frame)
  }

  dnsUnanswered(query: DnsMessageEvent): void {
    if (this.settledInStreams.has(query.frame)) return
    if (query.transport === 'tcp') this.settledInStreams.add(query.frame)
    this.lists.dnsUnanswered.number(query.frame)
  }

  httpRequest(request: HttpRequest): void {
    // tshark has no field for what is empty, as where a segment was cut behind the method
    const uri = request.uri === '' ? null : request.uri
    this.row('requests', [request.frame, streamOf(request), request.method, request.host, uri])
  }

  httpResponse(response: HttpResponse): void {
    const { frame, status, requestFrame, sinceRequestNs } = response
    const hasRequest = requestFrame !== 0
    this.row('responses', [
      frame,
      streamOf(response),
      status,
      hasRequest ? requestFrame : null,
      hasRequest ? sinceRequestNs : null,
    ])
  }

  tlsClientHello(message: TlsClientHello): void {
    const { frame, stream, hello } = message
    if (message.isCut) return
    if (this.clientHello?.[0] === frame) {
      this.clientHello[2] ??= hello.sni
      this.clientHello[4].push(...hello.supportedVersions)
      return
    }
    this.endClientHello()
    this.clientHello = [frame, stream, hello.sni, hello.legacyVersion, [...hello.supportedVersions]]
  }

  tlsServerHello(message: TlsServerHello): void {
    if (message.isCut) return
    if (this.serverHello?.[0] !== message.frame) this.endServerHello()
    this.serverHello = [message.frame, message.stream, message.hello.version]
  }

  tlsAlert(message: TlsAlert): void {
    this.row('alerts', [message.frame, message.stream, message.level, message.description])
  }

  quicClientHello(message: QuicClientHello): void {
    if (message.hello.sni !== null) this.row('quicNames', [message.frame, message.hello.sni])
  }

  dhcp(message: DhcpMessage): void {
    if (message.isCut) return
    const { frame, transactionId, messageType, clientMac, yourAddress } = message
    this.row('dhcp4', [frame, transactionId, messageType, clientMac, yourAddress])
  }

  dhcpv6(message: Dhcpv6Message): void {
    this.row('dhcp6', [message.frame, message.messageType])
  }

  /** Prints the sections of the application protocols. */
  print(
    json: JsonWriter,
    quic: { frames: SpooledText; versions: ReadonlyMap<number, number>; connections: number },
  ): void {
    this.endClientHello()
    this.endServerHello()
    const { lists } = this
    json.section('dns', () => {
      json.list('messages', lists.dns)
      json.list('unanswered', lists.dnsUnanswered)
      json.list('retransmitted_queries', lists.dnsRetransmitted)
    })
    json.section('dhcp', () => {
      json.list('v4', lists.dhcp4)
      json.list('v6', lists.dhcp6)
    })
    json.section('tls', () => {
      json.list('client_hello', lists.clientHello)
      json.list('server_hello', lists.serverHello)
      json.list('alerts', lists.alerts)
    })
    json.section('http', () => {
      json.list('requests', lists.requests)
      json.list('responses', lists.responses)
    })
    json.section('quic', () => {
      json.list('frames', quic.frames)
      const versions = [...quic.versions].sort(([a], [b]) => a - b)
      json.member('versions', Object.fromEntries(versions.map(([version, frames]) => [hexOf(version), frames])))
      json.member('connections', quic.connections)
      json.list('sni', lists.quicNames)
    })
  }

  private row(list: ListName, values: readonly (string | number | boolean | null | readonly unknown[])[]): void {
    const rows = this.lists[list]
    rows.beginRow()
    for (let i = 0; i < values.length; i++) rows.value(values[i])
    rows.endRow()
  }

  private endClientHello(): void {
    if (this.clientHello !== null) this.row('clientHello', this.clientHello)
    this.clientHello = null
  }

  private endServerHello(): void {
    if (this.serverHello !== null) this.row('serverHello', this.serverHello)
    this.serverHello = null
  }
}

/** Null for HTTP over UDP, which has no TCP stream. */
function streamOf(message: { stream: number }): number | null {
  return message.stream < 0 ? null : message.stream
}

function hexOf(version: number): string {
  return `0x${(version >>> 0).toString(16).padStart(8, '0')}`
}
