import type { CaptureSummary, JudgedCheck } from '../report.ts'
import type { QualityCounts } from './counts.ts'
import type { QualitySetting } from './settings.ts'
import { type Vantage, vantagePoint } from './vantage-point.ts'

/** What the capture can support, without words. */
export interface JudgedQuality {
  readonly vantage: Vantage
  readonly checks: readonly JudgedCheck[]
}

type Settings = (name: QualitySetting) => number

/** Times from which it is believed that all of them are as coarse as those seen. */
const LEAST_TIMES = 50
const COARSE_NS = 1e6
/** Fewer occurrences than these do not make a capture incomplete. */
const LEAST_OCCURRENCES = 3

/** Judges what was counted and what the container says. A check is null where the capture gives no occasion to judge. */
export function judgeQuality(counts: QualityCounts, capture: CaptureSummary, setting: Settings): JudgedQuality {
  const vantage = vantagePoint(counts)
  return {
    vantage,
    checks: [
      vantageCheck(vantage, counts),
      bothDirections(counts, setting),
      captureDrops(counts, capture, setting),
      captureDuplicates(counts, setting),
      offload(counts, setting),
      wholePackets(capture, setting),
      clock(counts, capture, setting),
      timestamps(counts, capture),
      connectionStarts(counts, setting),
    ],
  }
}

function vantageCheck({ place }: Vantage, counts: QualityCounts): JudgedCheck {
  const { ttlSeen, ttlInitial } = counts
  return {
    id: 'vantage-point',
    ok: place === 'unknown' ? null : true,
    numbers: {
      handshakes: counts.splitNearInitiator + counts.splitNearResponder + counts.splitBetween,
      nearClient: counts.splitNearInitiator,
      nearServer: counts.splitNearResponder,
      clientPartNs: counts.initiatorPartNs,
      serverPartNs: counts.responderPartNs,
      hopLimits: ttlSeen[0] + ttlSeen[1],
      initialHopLimitsOfClients: ttlInitial[0],
      initialHopLimitsOfServers: ttlInitial[1],
      sentFrames: counts.outgoing[0] + counts.outgoing[1],
      offloadedChecksums: counts.offloadedChecksums[0] + counts.offloadedChecksums[1],
    },
  }
}

function bothDirections({ established, oneWay }: QualityCounts, setting: Settings): JudgedCheck {
  return {
    id: 'both-directions',
    ok: established === 0 ? null : isBelow(oneWay, established, setting('oneWayShare')),
    numbers: { connections: established, oneWay },
  }
}

function captureDrops(counts: QualityCounts, capture: CaptureSummary, setting: Settings): JudgedCheck {
  const { segments, ackedUnseen } = counts
  let dropped = capture.packetDrops
  let hasStatistics = dropped > 0
  for (const { droppedByInterface, droppedByOperatingSystem } of capture.interfaces) {
    dropped += (droppedByInterface ?? 0) + (droppedByOperatingSystem ?? 0)
    hasStatistics ||= droppedByInterface !== null || droppedByOperatingSystem !== null
  }
  const isComplete = dropped === 0 && isRare(ackedUnseen, segments, setting('dropShare'))
  return {
    id: 'no-capture-drops',
    ok: segments === 0 && !hasStatistics ? null : isComplete,
    numbers: { segments, ackedUnseen, dropped },
  }
}

function captureDuplicates({ sequenced, duplicates }: QualityCounts, setting: Settings): JudgedCheck {
  return {
    id: 'no-capture-duplicates',
    ok: sequenced === 0 ? null : isRare(duplicates, sequenced, setting('duplicateShare')),
    numbers: { segments: sequenced, duplicates },
  }
}

function offload(counts: QualityCounts, setting: Settings): JudgedCheck {
  const { dataSegments, oversized, wrongChecksums } = counts
  return {
    id: 'no-offload',
    ok: dataSegments === 0 ? null : isBelow(oversized, dataSegments, setting('oversizedShare')),
    numbers: {
      dataSegments,
      oversized,
      checksums: counts.checksums[0] + counts.checksums[1],
      offloadedChecksums: counts.offloadedChecksums[0] + counts.offloadedChecksums[1],
      wrongChecksums,
    },
  }
}

function wholePackets({ packets, truncatedPackets, interfaces }: CaptureSummary, setting: Settings): JudgedCheck {
  const snapLengths = interfaces.map(({ snapLength }) => snapLength).filter((length) => length > 0)
  return {
    id: 'whole-packets',
    ok: packets === 0 ? null : isBelow(truncatedPackets, packets, setting('cutShare')),
    numbers: {
      packets,
      cut: truncatedPackets,
      snapLengthBytes: snapLengths.length === 0 ? 0 : Math.min(...snapLengths),
    },
  }
}

/** A step shows as time that runs backward, or as a pause that neither side of a connection knows of. */
function clock(counts: QualityCounts, capture: CaptureSummary, setting: Settings): JudgedCheck {
  const { backwardSteps, greatestBackwardNs, firstTime } = capture
  const { forwardJumps, greatestJumpNs } = counts
  return {
    id: 'monotone-clock',
    ok: firstTime === null ? null : greatestBackwardNs < setting('clockStep') && forwardJumps === 0,
    numbers: {
      backwardSteps,
      greatestBackwardNs,
      forwardJumps,
      greatestJumpNs,
    },
  }
}

function timestamps(counts: QualityCounts, { packets, firstTime, interfaces }: CaptureSummary): JudgedCheck {
  const told = interfaces.map(({ ticksPerSecond }) => 1e9 / ticksPerSecond)
  const isKnown = counts.times >= LEAST_TIMES
  const seenNs = !isKnown ? 0 : counts.finerThanMilliseconds === 0 ? 1e6 : counts.finerThanMicroseconds === 0 ? 1000 : 1
  const resolutionNs = Math.max(seenNs, ...told)
  return {
    id: 'fine-timestamps',
    ok: packets === 0 ? null : firstTime !== null && resolutionNs < COARSE_NS,
    numbers: { times: counts.times, resolutionNs: firstTime === null ? 0 : resolutionNs },
  }
}

function connectionStarts({ connections, midStream }: QualityCounts, setting: Settings): JudgedCheck {
  return {
    id: 'connection-starts',
    ok: connections === 0 ? null : isBelow(midStream, connections, setting('midStreamShare')),
    numbers: { connections, midStream },
  }
}

function isRare(part: number, whole: number, share: number): boolean {
  return part < LEAST_OCCURRENCES || isBelow(part, whole, share)
}

function isBelow(part: number, whole: number, share: number): boolean {
  return part === 0 || part < share * whole
}
