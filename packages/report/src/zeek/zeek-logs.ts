import type { CaptureRun, Events, Flow, IcmpMessage, Packet, Segment } from '@pcap-analyzer/engine/observe'
import { epochOf } from '../absolute-time.ts'
import { connColumns, connRow } from './conn-log.ts'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import { DnsLog, dnsColumns } from './dns-log.ts'
import { HttpLog, httpColumns } from './http-log.ts'
import { type LogValue, logHead, logLine } from './log-text.ts'
import { SslLog, sslColumns } from './ssl-log.ts'

/** The logs that are written, in Zeek's names. */
export const zeekLogNames = ['conn', 'dns', 'http', 'ssl'] as const
export type ZeekLogName = (typeof zeekLogNames)[number]

/** Gets the text of the logs piece by piece, in the order of each log. */
export type TakeLogText = (log: ZeekLogName, text: string) => void

const columns = { conn: connColumns, dns: dnsColumns, http: httpColumns, ssl: sslColumns }
const MICROSECOND_DECIMALS = 6

/**
 * Writes conn.log, dns.log, http.log and ssl.log as Zeek does with its default scripts and `-C` (checksums are not judged).
 * Listens to a run; call {@link begin} before it and {@link finish} when it is over. Memory: the connections that are open.
 */
export class ZeekLogs {
  readonly listeners: readonly Partial<Events>[]
  private readonly take: TakeLogText
  private run: CaptureRun | null = null
  private readonly connections = new Connections((connection, community) => this.end(connection, community))
  private readonly dns = new DnsLog((row) => this.row('dns', row))
  private readonly http = new HttpLog(
    (row) => this.row('http', row),
    (timeNs) => this.ts(timeNs),
  )
  private readonly ssl = new SslLog((timeNs) => this.ts(timeNs))
  private packet: Packet | null = null

  constructor(take: TakeLogText) {
    this.take = take
    const withConnection =
      <Message>(tell: (message: Message, connection: Connection) => void) =>
      (message: Message) => {
        const { current } = this.connections
        if (current !== null) tell(message, current)
      }
    this.listeners = [
      {
        segment: (segment: Segment, packet: Packet) => {
          this.packet = packet
          this.connections.segment(segment, packet)
        },
        datagram: (packet: Packet, flow: number) => {
          this.packet = packet
          this.connections.datagram(packet, flow)
        },
        icmp: (message: IcmpMessage, packet: Packet) => this.connections.icmp(message, packet),
        frame: (packet: Packet) => this.connections.frame(packet),
        flowEnd: (flow: Flow) => this.connections.flowEnd(flow),
        dns: withConnection((message, connection) => {
          if (this.packet !== null) this.dns.message(message, connection, this.packet, this.ts(message.timeNs))
        }),
        httpRequest: withConnection((request, connection) => this.http.request(request, connection)),
        httpResponse: (response) => this.http.response(response, this.connections.current),
        tlsClientHello: withConnection((hello, connection) => this.ssl.clientHello(hello, connection, false)),
        quicClientHello: withConnection((hello, connection) => this.ssl.clientHello(hello, connection, true)),
        tlsServerHello: withConnection((hello, connection) => this.ssl.serverHello(hello, connection)),
        tlsAlert: withConnection((alert, connection) => this.ssl.alert(alert, connection)),
        tlsCertificate: withConnection((message, connection) => this.ssl.certificate(message, connection)),
        tlsStep: withConnection((step, connection) => this.ssl.step(step, connection)),
        sshBanner: withConnection((_, connection) => void connection.services.add('ssh')),
      },
    ]
  }

  begin(run: CaptureRun): void {
    this.run = run
    for (const log of zeekLogNames) this.take(log, logHead(log, columns[log]))
  }

  /** Call it after the run has finished. */
  finish(): void {
    this.connections.finish()
    this.dns.finish()
    this.http.finish()
  }

  private end(connection: Connection, community: string): void {
    this.row('conn', connRow(connection, this.ts(connection.firstTimeNs) ?? '0.000000', community))
    const row = this.ssl.end(connection)
    if (row !== null) this.row('ssl', row)
  }

  private row(log: ZeekLogName, values: readonly LogValue[]): void {
    this.take(log, logLine(values))
  }

  private ts(timeNs: number): string | null {
    if (this.run === null) return null
    const text = epochOf(this.run, timeNs)
    return text === null ? null : text.slice(0, text.length - 9 + MICROSECOND_DECIMALS)
  }
}
