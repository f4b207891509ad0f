import { linkTypeName } from './capture/link-types.ts'
import type { CaptureInterface, CaptureMetadata } from './capture/metadata.ts'
import type { CaptureRun } from './capture-run.ts'
import { epochText } from './capture-totals.ts'
import { supportedLinkTypes } from './decode/link.ts'
import { stopReasons } from './decode/stop-reasons.ts'
import type { CaptureSummary } from './report.ts'

const MOST_INTERFACES = 64
const MOST_COMMENTS = 100

/** What the report says of the capture as a whole, from its containers and from counting. */
export function summarizeCapture(run: CaptureRun): CaptureSummary {
  const { totals, files } = run
  const metadata = files.map((file) => file.metadata)
  const first = metadata[0]
  const interfaces: CaptureInterface[] = metadata.flatMap((file) => file.interfaces)
  const comments = metadata.flatMap((file) => file.comments)
  return {
    format: [...new Set(metadata.map((file) => file.format))].join(', '),
    compression: [...new Set(metadata.map((file) => file.compression))].join(', '),
    byteOrder: first.byteOrder,
    packets: totals.packets,
    wireBytes: totals.wireBytes,
    capturedBytes: totals.capturedBytes,
    firstTime: epochText(totals.firstSeconds, totals.firstNanoseconds),
    lastTime: epochText(totals.lastSeconds, totals.lastNanoseconds),
    earliestTime: epochText(totals.earliestSeconds, totals.earliestNanoseconds),
    latestTime: epochText(totals.latestSeconds, totals.latestNanoseconds),
    durationNs: totals.durationNs,
    timeOrdered: totals.timeOrdered,
    backwardSteps: totals.backwardSteps,
    greatestBackwardNs: totals.greatestBackwardNs,
    truncatedPackets: totals.truncatedPackets,
    packetDrops: sum(metadata, (file) => file.packetDrops),
    linkTypes: [...totals.linkTypes]
      .sort(([a], [b]) => a - b)
      .map(([number, packets]) => ({
        number,
        name: linkTypeName(number),
        supported: supportedLinkTypes.includes(number),
        packets,
      })),
    interfaces: interfaces.slice(0, MOST_INTERFACES),
    interfaceCount: interfaces.length,
    sections: sum(metadata, (file) => file.sections),
    hardware: firstText(metadata, (file) => file.hardware),
    operatingSystem: firstText(metadata, (file) => file.operatingSystem),
    application: firstText(metadata, (file) => file.application),
    comments: comments.slice(0, MOST_COMMENTS),
    commentCount: sum(metadata, (file) => file.commentCount),
    decryptionSecrets: sum(metadata, (file) => file.decryptionSecrets),
    skippedBlocks: mergeCounts(metadata.map((file) => file.skippedBlocks)),
    files: files.map(({ name, packets, metadata: { end } }) => ({ name, packets, end })),
    decodeStops: Object.fromEntries(
      stopReasons.flatMap((reason, i) => (totals.stops[i] > 0 ? [[reason, totals.stops[i]] as const] : [])),
    ),
    limitsReached: limitsReached(run),
  }
}

/** What had to be left out to stay within bounds, by name of the limit. */
function limitsReached(run: CaptureRun): Record<string, number> {
  const { pipeline } = run
  const counts = {
    maxFlows: pipeline.retiredEarly,
    maxUnackedSegments: pipeline.core.droppedUnacked,
    maxFragmentBytes: pipeline.walk.fragments.dropped,
    streamReassemblyBytes: pipeline.protocols?.handoff.droppedBytes ?? 0,
    echoRequests: pipeline.echoes.dropped,
    arpAddresses: pipeline.arpTable.dropped,
    quicConnections: pipeline.protocols?.quic.droppedCount ?? 0,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

function sum(metadata: readonly CaptureMetadata[], of: (file: CaptureMetadata) => number): number {
  return metadata.reduce((total, file) => total + of(file), 0)
}

function firstText(metadata: readonly CaptureMetadata[], of: (file: CaptureMetadata) => string | null): string | null {
  return metadata.map(of).find((text) => text !== null) ?? null
}

function mergeCounts(maps: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const merged: Record<string, number> = {}
  for (const map of maps) for (const [key, count] of map) merged[key] = (merged[key] ?? 0) + count
  return merged
}
