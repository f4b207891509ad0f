import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import { int32, uint16 } from '../decode/cursor.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import { rtpConclusions } from './rtp/conclusions.ts'
import { addRtpPacket, newRtpStream, type RtpStream } from './rtp/rtp-stream.ts'
import { rtpSection } from './rtp/section.ts'
import { addStream, mergeRtpTotals, newRtpTotals, type RtpTotals } from './rtp/totals.ts'
import { IndexedRecords } from './support/indexed-records.ts'

/** Of a flow's direction until it proves to be RTP: the source it names, the last sequence number, and how often it went on by one. */
const SOURCE = 0
const LAST_SEQUENCE = 1
const IN_ORDER = 2
const RECORD_WIDTH = 3

const HEADER_BYTES = 12
/** Packets in a row that make a stream; chance alone gives 2^-48 a packet. */
const LEAST_IN_ORDER = 3
const MOST_STREAMS = 4096
/** Payload types 64 to 95 with the marker bit are those of RTCP (RFC 5761 §4). */
const FIRST_RTCP_TYPE = 192
const LAST_RTCP_TYPE = 223

/** RTP streams: loss, order and jitter as RFC 3550 defines it, from the sender's own clock. */
export const rtp: AnalyzerDefinition = {
  id: 'rtp',
  title: 'RTP and jitter',
  description:
    'RTP streams recognised by version, steady source and sequence: packets lost and late, interarrival jitter by RFC 3550 §6.4.1 with percentiles. Other traffic has no sender clock and gets no jitter.',
  settings: {
    jitterNs: {
      unit: 'ns',
      default: 30e6,
      least: 1e5,
      most: 10e9,
      description: 'A stream whose jitter reaches this is disturbed.',
    },
    lossRatio: { unit: 'ratio', default: 0.01, least: 0, most: 1, description: 'A stream that loses this share is.' },
  },
  create: (context) => new Rtp(context),
}

/** Cost: a byte read of every UDP payload; of streams the core gathers the packets. Memory: 48 bytes a UDP flow, a histogram for each of at most 4 096 streams at a time. */
class Rtp implements Analyzer<RtpTotals> {
  private readonly totals = newRtpTotals()
  private readonly records = new IndexedRecords(RECORD_WIDTH)
  /** By 2 · flow + direction. */
  private readonly streams = new Map<number, RtpStream>()
  private readonly context: AnalyzerContext
  private readonly jitterNs: number
  readonly on = {
    datagram: (packet: Packet, flow: number, direction: number) => {
      const { data, payloadStart, payloadEnd } = packet
      if (payloadEnd - payloadStart >= HEADER_BYTES && data[payloadStart] >> 6 === 2)
        this.datagram(packet, flow, direction)
    },
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.jitterNs = context.setting('jitterNs')
  }

  state(): RtpTotals {
    return this.totals
  }

  merge(other: RtpTotals): void {
    mergeRtpTotals(this.totals, other)
  }

  finish(): AnalyzerResult {
    return {
      section: rtpSection(rtp, this.totals),
      conclusions: rtpConclusions(this.totals, this.jitterNs, this.context.setting('lossRatio')),
    }
  }

  private datagram(packet: Packet, flow: number, direction: number): void {
    const { data, payloadStart, number, timeNs } = packet
    const second = data[payloadStart + 1]
    if (second >= FIRST_RTCP_TYPE && second <= LAST_RTCP_TYPE) return
    const own = 2 * flow + direction
    const sequence = uint16(data, payloadStart + 2)
    const source = int32(data, payloadStart + 8)
    const arrival = { number, timeNs, sequence, timestamp: int32(data, payloadStart + 4) }
    const stream = this.streams.get(own)
    if (stream !== undefined) {
      if (stream.source === source) {
        this.catchUp(own, stream)
        addRtpPacket(stream, arrival, this.jitterNs)
        return
      }
      this.end(own, this.context.flow(flow))
    }
    const at = this.records.at(own)
    const { values } = this.records
    const goesOn = values[at + SOURCE] === source && ((sequence - values[at + LAST_SEQUENCE]) & 0xffff) === 1
    values[at + IN_ORDER] = goesOn ? values[at + IN_ORDER] + 1 : 0
    values[at + SOURCE] = source
    values[at + LAST_SEQUENCE] = sequence
    if (values[at + IN_ORDER] < LEAST_IN_ORDER) return
    values[at + IN_ORDER] = 0
    if (this.streams.size >= MOST_STREAMS) {
      this.totals.beyond++
      return
    }
    this.streams.set(own, newRtpStream(source, second & 127, arrival, LEAST_IN_ORDER))
    this.context.observations.rtp.gather(flow, direction, source)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'udp') return
    this.end(2 * flow.index, flow)
    this.end(2 * flow.index + 1, flow)
    this.records.clear(2 * flow.index)
    this.records.clear(2 * flow.index + 1)
  }

  /** Adds the packets that were gathered for the stream. */
  private catchUp(own: number, stream: RtpStream): void {
    this.context.observations.rtp.take(own >> 1, own & 1, (arrival) => addRtpPacket(stream, arrival, this.jitterNs))
  }

  private end(own: number, flow: Flow): void {
    const stream = this.streams.get(own)
    if (stream === undefined) return
    this.catchUp(own, stream)
    this.context.observations.rtp.stop(own >> 1, own & 1)
    this.streams.delete(own)
    addStream(this.totals, flow, own & 1, stream)
  }
}
