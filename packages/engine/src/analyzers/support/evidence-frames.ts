import type { Evidence } from '../../finding.ts'

const MOST_FRAMES = 50

/** Frames that prove something: their number, and the first fifty. Adding in ascending order is O(1); merging keeps the smallest. */
export interface EvidenceFrames {
  frames: number[]
  total: number
}

export function newEvidence(): EvidenceFrames {
  return { frames: [], total: 0 }
}

/** Adds a frame that is not smaller than those added before. */
export function addFrame(evidence: EvidenceFrames, frame: number): void {
  evidence.total++
  if (evidence.frames.length < MOST_FRAMES) evidence.frames.push(frame)
}

/** Adds the frames of `from`; commutative and associative. */
export function mergeEvidence(into: EvidenceFrames, from: EvidenceFrames): void {
  into.total += from.total
  into.frames = [...into.frames, ...from.frames].sort((a, b) => a - b).slice(0, MOST_FRAMES)
}

export function toEvidence(evidence: EvidenceFrames): Evidence {
  return { frames: evidence.frames, total: evidence.total }
}
