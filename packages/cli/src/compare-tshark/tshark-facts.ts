import type { CommandContext } from '../context.ts'
import { analysisFlags, CheckedFacts, comparedFields, nsText } from './checked-facts.ts'
import { rtoText } from './our-facts.ts'
import { AGGREGATOR, readFields } from './tshark.ts'

const plainFields = [
  'frame.number',
  'frame.encap_type',
  'frame.protocols',
  'tcp.stream',
  'tcp.analysis.initial_rtt',
  'tcp.analysis.ack_rtt',
  'tcp.analysis.rto',
  'tcp.analysis.rto_frame',
  'dns.response_to',
  'dns.time',
  'icmp.resp_to',
] as const

const fields: readonly string[] = [...plainFields, ...analysisFlags.map((flag) => `tcp.analysis.${flag}`)]

/** Protocols whose payload quotes packets that are not traffic of the capture. */
const quoting: readonly string[] = ['icmp', 'icmpv6', 'sflow']
const dnsFamily: readonly string[] = ['dns', 'mdns', 'llmnr']

/** What tshark says of the capture, and its complaint when it could not read all of it. @throws {CommandError} TSHARK_FAILED. */
export async function readTsharkFacts(
  context: CommandContext,
  path: string,
): Promise<{ facts: CheckedFacts; complaint: string | null }> {
  const reader = new RowReader()
  const complaint = await readFields(context, path, fields, (values) => reader.row(values))
  return { facts: reader.facts, complaint }
}

class RowReader {
  readonly facts = new CheckedFacts()
  /** tshark's frame number -> number among the packets: tshark also counts records that hold no packet. */
  private readonly renumbered = new Map<number, number>()
  private records = 0
  private readonly firstFrames = new Map<string, number>()
  private readonly streamsWithRtt = new Set<string>()

  row(values: readonly string[]): void {
    const [number, encapsulation, protocols, streams, initialRtt, ackRtt, rto, rtoFrame, ...rest] = values
    const [dnsRequests, dnsTimes, icmpRequest, ...flags] = rest
    if (encapsulation === '') {
      this.records++
      return
    }
    const frame = Number(number) - this.records
    if (this.records > 0) this.renumbered.set(Number(number), frame)
    const { facts } = this
    facts.packets++
    const layers = layersOutsideQuotations(protocols)
    const streamCount = layers.filter((layer) => layer === 'tcp').length
    const seen = streams === '' ? [] : streams.split(AGGREGATOR).slice(0, streamCount)
    for (const stream of seen) this.stream(stream, frame)
    if (seen.length > 0) {
      for (const [i, flag] of analysisFlags.entries()) if (flags[i] !== '') facts.set(`tcp.analysis.${flag}`, frame)
      this.initialRtt(seen[0], initialRtt)
      if (ackRtt !== '') facts.set(comparedFields.ackRtt, frame, nsText(ns(first(ackRtt))))
      if (rto !== '') facts.set(comparedFields.rto, frame, rtoText(this.packetNumber(first(rtoFrame)), ns(first(rto))))
    }
    if (layers.some((layer) => dnsFamily.includes(layer))) {
      for (const request of several(dnsRequests)) {
        facts.add(comparedFields.dnsResponseTo, frame, String(this.packetNumber(request)))
      }
      for (const time of several(dnsTimes)) facts.add(comparedFields.dnsTime, frame, nsText(ns(time)))
    }
    if (icmpRequest !== '' && layers.at(-1) === 'icmp') {
      facts.set(comparedFields.icmpResponseTo, frame, String(this.packetNumber(first(icmpRequest))))
    }
  }

  private stream(stream: string, frame: number): void {
    if (this.firstFrames.has(stream)) return
    this.firstFrames.set(stream, frame)
    this.facts.tcpStreams++
    this.facts.set(comparedFields.stream, frame, stream)
  }

  /** The first value of a stream counts, told at the stream's first frame. */
  private initialRtt(stream: string, values: string): void {
    if (values === '' || this.streamsWithRtt.has(stream)) return
    this.streamsWithRtt.add(stream)
    this.facts.set(comparedFields.initialRtt, this.firstFrames.get(stream) ?? 0, nsText(ns(first(values))))
  }

  private packetNumber(text: string): number {
    const number = Number(text)
    return this.renumbered.get(number) ?? number
  }
}

function layersOutsideQuotations(protocols: string): string[] {
  const layers = protocols.split(':')
  const quote = layers.findIndex((layer) => quoting.includes(layer))
  return quote < 0 ? layers : layers.slice(0, quote + 1)
}

function several(values: string): string[] {
  return values === '' ? [] : values.split(AGGREGATOR)
}

function first(values: string): string {
  return values.split(AGGREGATOR, 1)[0]
}

/** Decimal seconds as integer ns: `0.001234567` -> 1234567. */
function ns(seconds: string): number {
  const [, sign, whole, decimals = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(seconds) ?? []
  if (whole === undefined) return Math.round(Number(seconds) * 1e9)
  const value = Number(whole) * 1e9 + Number(decimals.padEnd(9, '0').slice(0, 9))
  return sign === '-' ? -value : value
}
