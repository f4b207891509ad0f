import type { QualityWords } from '../quality-words.ts'
import { count, duration, percent } from './format.ts'

const nothing = 'no TCP to judge by'

/** From here on the snap length is no limit that anybody chose. */
const LARGEST_SNAP_LENGTH = 65_535

export const qualityWords: QualityWords = {
  places: {
    client: 'taken at or beside the clients',
    server: 'taken at or beside the servers',
    both: 'taken at hosts that are clients and servers',
    middle: 'taken between clients and servers',
    unknown: 'taken at an unknown place',
  },
  empty: 'the capture holds no packets: it can support nothing',
  verdict: (place, failing, { checks, untold }) =>
    failing.length === 0
      ? `${place}; nothing speaks against its numbers (${checks - untold} of ${checks} checks passed${untold > 0 ? ', the rest had no occasion' : ''})`
      : `${place}; not everything can be concluded from it: ${failing.join(', ')}`,
  checks: {
    'vantage-point': {
      failing: 'the place it was taken at',
      text: (_, n, { place, basis }) => {
        const where = {
          client: 'at or beside the clients',
          server: 'at or beside the servers',
          both: 'at hosts that are clients and servers',
          middle: 'between clients and servers',
          unknown:
            'the place cannot be told: no handshake that takes long enough, no hop limit, no frame marked as sent',
        }[place]
        const why = {
          'sent-frames': `${count(n.sentFrames, 'frame')} marked as sent by the capturing host`,
          checksums: `checksums of ${count(n.offloadedChecksums, 'segment')} are left to the network card`,
          handshakes: `of ${count(n.handshakes, 'handshake')}, ${duration(n.clientPartNs)} in total passed on the clients' side of the capture point and ${duration(n.serverPartNs)} on the servers'`,
          'hop-limits': `of ${count(n.hopLimits, 'SYN or SYN-ACK', 'SYNs and SYN-ACKs')}, ${n.initialHopLimitsOfClients} of clients and ${n.initialHopLimitsOfServers} of servers had passed no router`,
          none: '',
        }[basis]
        return why === '' ? where : `${where}: ${why}`
      },
      advice: 'capture at the end that the finding is about, or at both ends at once',
    },
    'both-directions': {
      failing: 'traffic seen in one direction only',
      text: (ok, n) =>
        ok === null
          ? 'no connection with data to judge by'
          : `${n.oneWay} of ${count(n.connections, 'connection')} with data seen in one direction only`,
      advice: 'capture on one of the two hosts, or mirror both directions; where routes differ, capture on both',
    },
    'no-capture-drops': {
      failing: 'packets that the capture itself lost',
      text: (ok, n) =>
        ok === null
          ? `${nothing}, and no statistics of the interface`
          : `${n.ackedUnseen} of ${count(n.segments, 'segment')} acknowledge data that was never captured (${percent(n.ackedUnseen, n.segments)}); the file tells of ${count(n.dropped, 'dropped packet')}`,
      advice: 'capture with a larger buffer and only the headers, onto a fast disk',
    },
    'no-capture-duplicates': {
      failing: 'packets recorded twice',
      text: (ok, n) =>
        ok === null
          ? nothing
          : `${n.duplicates} of ${count(n.segments, 'segment')} with data, SYN or FIN recorded twice (${percent(n.duplicates, n.segments)})`,
      advice: 'remove them, or capture one direction of one port only',
    },
    'no-offload': {
      failing: 'segments put together by offload',
      text: (ok, n) => {
        if (ok === null) return 'no TCP data to judge by'
        const large = `${n.oversized} of ${count(n.dataSegments, 'segment')} with data larger than the path carries`
        return `${large}; of ${count(n.checksums, 'checksum')} looked at, ${n.offloadedChecksums} left to the network card and ${n.wrongChecksums} wrong`
      },
      advice: 'switch offload off on the capturing host, or capture on a mirrored port',
    },
    'whole-packets': {
      failing: 'packets cut short',
      text: (ok, n) =>
        ok === null
          ? 'no packets'
          : `${n.cut} of ${count(n.packets, 'packet')} cut short${n.cut > 0 && n.snapLengthBytes > 0 && n.snapLengthBytes < LARGEST_SNAP_LENGTH ? ` at ${n.snapLengthBytes} bytes` : ''}`,
      advice: 'capture whole packets where payload matters',
    },
    'monotone-clock': {
      failing: 'a clock that steps',
      text: (ok, n) => {
        if (ok === null) return 'no frame has a time'
        const backward =
          n.backwardSteps === 0
            ? 'time never runs backward'
            : `time runs backward ${count(n.backwardSteps, 'time')}, by up to ${duration(n.greatestBackwardNs)}`
        return n.forwardJumps === 0
          ? backward
          : `${backward}; it jumps forward by up to ${duration(n.greatestJumpNs)}, which the timestamps of both sides contradict`
      },
      advice: 'keep the clock of the capturing host steady; bring records in order where only their order is wrong',
    },
    'fine-timestamps': {
      failing: 'coarse or missing times',
      text: (ok, n) =>
        ok === null
          ? 'no packets'
          : n.resolutionNs === 0
            ? 'no frame has a time'
            : `times are told to ${duration(n.resolutionNs)}`,
      advice: 'capture with finer time stamps',
    },
    'connection-starts': {
      failing: 'connections that began before the capture',
      text: (ok, n) =>
        ok === null ? nothing : `${n.midStream} of ${count(n.connections, 'connection')} began before the capture`,
      advice: 'start the capture before the connections do; a ring buffer may run all day',
    },
  },
}
