import { analysisFlagNames } from '@pcap-analyzer/engine'

/** The flags of tcp.analysis that are compared. */
export const analysisFlags: readonly string[] = analysisFlagNames

/** Everything else that is compared, by the name of tshark's field. */
export const comparedFields = {
  /** Frames that begin a TCP stream. */
  stream: 'tcp.stream (first frame)',
  /** At the first frame of the stream. */
  initialRtt: 'tcp.analysis.initial_rtt',
  ackRtt: 'tcp.analysis.ack_rtt',
  rto: 'tcp.analysis.rto',
  dnsResponseTo: 'dns.response_to',
  dnsTime: 'dns.time',
  icmpResponseTo: 'icmp.resp_to',
} as const

/** What one side says of a capture, in a form that both sides can be brought into. */
export class CheckedFacts {
  packets = 0
  tcpStreams = 0
  /** Field -> frame -> value as text; a flag that is set has the empty text. */
  readonly fields = new Map<string, Map<number, string>>(
    [...analysisFlags.map((flag) => `tcp.analysis.${flag}`), ...Object.values(comparedFields)].map((name) => [
      name,
      new Map(),
    ]),
  )

  set(field: string, frame: number, value = ''): void {
    this.fields.get(field)?.set(frame, value)
  }

  /** Adds to what the frame has already: several messages in one frame. */
  add(field: string, frame: number, value: string): void {
    const before = this.fields.get(field)?.get(frame)
    this.set(field, frame, before === undefined ? value : [...before.split(', '), value].sort().join(', '))
  }
}

/** A duration in full: a rounded one would hide a difference. */
export function nsText(ns: number): string {
  return `${ns} ns`
}
