import type { Analyzer, AnalyzerDefinition } from '../analyzer.ts'
import type { Packet } from '../packet.ts'
import { ProtocolCounts, type ProtocolSetCount } from '../protocol-counts.ts'
import type { HasProtocols } from '../protocol-set.ts'
import type { CaptureSummary, Section, Table } from '../report.ts'
import { tableOf } from '../tables.ts'

/** What the capture holds: packets, bytes, rates, and how many frames hold each protocol. */
export const traffic: AnalyzerDefinition = {
  id: 'traffic',
  title: 'Traffic',
  description: 'Packets, bytes and rates of the capture, and frames and bytes by protocol.',
  create: () => new Traffic(),
}

class Traffic implements Analyzer<ProtocolSetCount[]> {
  private readonly protocols = new ProtocolCounts()
  readonly on = {
    frame: (packet: Packet) => this.protocols.count(packet),
    quietProtocols: (protocols: HasProtocols, frames: number, wireBytes: number) =>
      this.protocols.countFrames(protocols, frames, wireBytes),
  }

  state(): ProtocolSetCount[] {
    return this.protocols.sets()
  }

  merge(other: ProtocolSetCount[]): void {
    this.protocols.add(other)
  }

  finish(capture: CaptureSummary): { section: Section } {
    const seconds = capture.durationNs / 1e9
    const rate = (value: number) => (seconds > 0 ? Math.round(value / seconds) : null)
    const totals = [...this.protocols.totals()]
    return {
      section: {
        id: traffic.id,
        title: traffic.title,
        view: null,
        facts: [
          { key: 'packets', label: 'Packets', unit: 'count', value: capture.packets },
          { key: 'wireBytes', label: 'Bytes on the wire', unit: 'bytes', value: capture.wireBytes },
          { key: 'capturedBytes', label: 'Bytes captured', unit: 'bytes', value: capture.capturedBytes },
          { key: 'durationNs', label: 'Duration', unit: 'ns', value: capture.durationNs },
          {
            key: 'packetsPerSecond',
            label: 'Mean packet rate',
            unit: 'packetsPerSecond',
            value: rate(capture.packets),
          },
          { key: 'bitsPerSecond', label: 'Mean bit rate', unit: 'bitsPerSecond', value: rate(capture.wireBytes * 8) },
        ],
        tables: [
          tableOf({ key: 'protocols', title: 'Protocols' }, totals, [
            { key: 'protocol', label: 'Protocol', unit: 'protocol', value: ([name]) => name },
            { key: 'frames', label: 'Frames', unit: 'count', value: ([, { frames }]) => frames },
            {
              key: 'wireBytes',
              label: 'Bytes of these frames',
              unit: 'bytes',
              value: ([, { wireBytes }]) => wireBytes,
            },
          ]),
          this.hierarchy(),
        ],
      },
    }
  }

  /** Frames by their chain of protocols, as in Wireshark's protocol hierarchy, most frames first. */
  private hierarchy(): Table {
    const MOST_ROWS = 100
    const sets = this.protocols.chains()
    return tableOf(
      { key: 'protocolSets', title: 'Protocols that occur together', total: sets.length },
      sets.slice(0, MOST_ROWS),
      [
        { key: 'protocols', label: 'Protocols', unit: 'text', value: ({ name }) => name },
        { key: 'frames', label: 'Frames', unit: 'count', value: ({ frames }) => frames },
        { key: 'wireBytes', label: 'Bytes', unit: 'bytes', value: ({ wireBytes }) => wireBytes },
      ],
    )
  }
}
