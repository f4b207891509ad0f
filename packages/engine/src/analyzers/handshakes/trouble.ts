import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'
import { addText, mergeTexts } from '../support/few-texts.ts'
import { addNumber, mergeNumbers } from '../support/smallest-numbers.ts'

/** Something that happened to attempts with one host: how often, the time it took, the frames, the ports of the host. */
export interface Trouble {
  attempts: number
  costNs: number
  longestNs: number
  frames: EvidenceFrames
  ports: number[]
  /** Hosts that tried, as far as a short list tells them apart. */
  clients: string[]
}

/** Handshakes of one kind of slowness. */
export interface Slowness extends Trouble {
  leastNs: number
}

export function newTrouble(): Trouble {
  return { attempts: 0, costNs: 0, longestNs: 0, frames: newEvidence(), ports: [], clients: [] }
}

export function newSlowness(): Slowness {
  return { ...newTrouble(), leastNs: Number.POSITIVE_INFINITY }
}

/** Adds an attempt; `client` made it, where it matters who did. */
export function addTrouble(
  trouble: Trouble,
  costNs: number,
  port: number,
  frames: readonly number[],
  client: string | null = null,
): void {
  trouble.attempts++
  if (client !== null) addText(trouble.clients, client)
  trouble.costNs += costNs
  trouble.longestNs = Math.max(trouble.longestNs, costNs)
  addNumber(trouble.ports, port)
  for (const frame of frames) addFrame(trouble.frames, frame)
}

export function addSlowness(slowness: Slowness, durationNs: number, port: number, frames: readonly number[]): void {
  addTrouble(slowness, durationNs, port, frames)
  slowness.leastNs = Math.min(slowness.leastNs, durationNs)
}

export function mergeTrouble(into: Trouble, from: Trouble): void {
  into.attempts += from.attempts
  into.costNs += from.costNs
  into.longestNs = Math.max(into.longestNs, from.longestNs)
  mergeEvidence(into.frames, from.frames)
  mergeNumbers(into.ports, from.ports)
  mergeTexts(into.clients, from.clients)
}

export function mergeSlowness(into: Slowness, from: Slowness): void {
  mergeTrouble(into, from)
  into.leastNs = Math.min(into.leastNs, from.leastNs)
}
