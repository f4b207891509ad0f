import type { Section } from '../../report.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import { keepWorst, type RtpTotals } from './totals.ts'

const MOST_ROWS = 20

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
      {
        key: 'streams',
        title: 'Streams with most jitter',
        columns: [
          { key: 'udpStream', label: 'UDP stream', unit: 'stream' },
          { key: 'sender', label: 'Sender', unit: 'address' },
          { key: 'senderPort', label: 'Port', unit: 'port' },
          { key: 'receiver', label: 'Receiver', unit: 'address' },
          { key: 'receiverPort', label: 'Port', unit: 'port' },
          { key: 'source', label: 'SSRC', unit: 'text' },
          { key: 'payloadType', label: 'Payload type', unit: 'count' },
          { key: 'clockRate', label: 'Clock rate (Hz)', unit: 'count' },
          { key: 'packets', label: 'Packets', unit: 'count' },
          { key: 'lost', label: 'Lost', unit: 'count' },
          { key: 'lossRatio', label: 'Loss', unit: 'ratio' },
          { key: 'late', label: 'Late', unit: 'count' },
          { key: 'durationNs', label: 'Duration', unit: 'ns' },
          { key: 'jitterNs', label: 'Jitter at the end', unit: 'ns' },
          { key: 'greatestJitterNs', label: 'Greatest jitter', unit: 'ns' },
          { key: 'p95Ns', label: 'Change of transit: 95th percentile', unit: 'ns' },
        ],
        rows: totals.listed
          .slice(0, MOST_ROWS)
          .map((stream) => [
            stream.udpStream,
            stream.sender,
            stream.senderPort,
            stream.receiver,
            stream.receiverPort,
            `0x${stream.source.toString(16).padStart(8, '0')}`,
            stream.payloadType,
            stream.clockRate === 0 ? null : stream.clockRate,
            stream.packets,
            stream.lost,
            stream.lossRatio,
            stream.late,
            stream.durationNs,
            stream.clockRate === 0 ? null : stream.jitterNs,
            stream.clockRate === 0 ? null : stream.greatestJitterNs,
            stream.p95Ns,
          ]),
        total: totals.streams,
      },
    ],
  }
}
