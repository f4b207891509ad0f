import type { Section } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import { keepWorst, type RtpTotals } from './totals.ts'

/** Facts of the analyzer. */
export function rtpSection(head: { id: string; title: string }, totals: RtpTotals): Section {
  keepWorst(totals)
  const { differences } = totals
  return {
    id: head.id,
    title: head.title,
    view: null,
    facts: [
      { key: 'streams', label: 'RTP streams', unit: 'count', value: totals.streams },
      { key: 'packets', label: 'Packets in them', unit: 'count', value: totals.packets },
      { key: 'lost', label: 'Packets lost', unit: 'count', value: totals.lost },
      { key: 'late', label: 'Packets late', unit: 'count', value: totals.late },
      ...percentileFacts('', 'Change of transit', differences),
      { key: 'beyond', label: 'Packets of streams not followed', unit: 'count', value: totals.beyond },
    ],
    tables: [
      tableOf(
        { key: 'streams', title: 'Streams with most jitter', total: totals.streams },
        totals.listed.slice(0, MOST_ROWS),
        [
          { key: 'udpStream', label: 'UDP stream', unit: 'stream', value: (stream) => stream.udpStream },
          { key: 'sender', label: 'Sender', unit: 'address', value: (stream) => stream.sender },
          { key: 'senderPort', label: 'Port', unit: 'port', value: (stream) => stream.senderPort },
          { key: 'receiver', label: 'Receiver', unit: 'address', value: (stream) => stream.receiver },
          { key: 'receiverPort', label: 'Port', unit: 'port', value: (stream) => stream.receiverPort },
          {
            key: 'source',
            label: 'SSRC',
            unit: 'text',
            value: (stream) => `0x${stream.source.toString(16).padStart(8, '0')}`,
          },
          { key: 'payloadType', label: 'Payload type', unit: 'count', value: (stream) => stream.payloadType },
          {
            key: 'clockRate',
            label: 'Clock rate (Hz)',
            unit: 'count',
            value: (stream) => (stream.clockRate === 0 ? null : stream.clockRate),
          },
          { key: 'packets', label: 'Packets', unit: 'count', value: (stream) => stream.packets },
          { key: 'lost', label: 'Lost', unit: 'count', value: (stream) => stream.lost },
          { key: 'lossRatio', label: 'Loss', unit: 'ratio', value: (stream) => stream.lossRatio },
          { key: 'late', label: 'Late', unit: 'count', value: (stream) => stream.late },
          { key: 'durationNs', label: 'Duration', unit: 'ns', value: (stream) => stream.durationNs },
          {
            key: 'jitterNs',
            label: 'Jitter at the end',
            unit: 'ns',
            value: (stream) => (stream.clockRate === 0 ? null : stream.jitterNs),
          },
          {
            key: 'greatestJitterNs',
            label: 'Greatest jitter',
            unit: 'ns',
            value: (stream) => (stream.clockRate === 0 ? null : stream.greatestJitterNs),
          },
          { key: 'p95Ns', label: 'Change of transit: 95th percentile', unit: 'ns', value: (stream) => stream.p95Ns },
        ],
      ),
    ],
  }
}
