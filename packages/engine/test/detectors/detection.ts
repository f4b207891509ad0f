import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AnalyzeOptions, analyze } from '../../src/analyze.ts'
import type { Finding } from '../../src/finding.ts'
import { absoluteTime, buildPcap, type Endpoint, tcpFrame, udpFrame } from '../../src/testing/index.ts'

/** A frame of a story with its time since the start. */
export interface StoryFrame {
  readonly timeNs: number
  readonly bytes: Uint8Array
}

export const SECOND_NS = 1_000_000_000

/** The security findings of a story told in any order. */
export async function detect(frames: readonly StoryFrame[], options: AnalyzeOptions = {}): Promise<readonly Finding[]> {
  const ordered = frames.toSorted((a, b) => a.timeNs - b.timeNs)
  const capture = buildPcap(ordered.map(({ timeNs, bytes }) => ({ bytes, ...absoluteTime(timeNs) })))
  return securityFindings(capture, options)
}

/** The security findings of a capture in bytes. */
export async function securityFindings(capture: Uint8Array, options: AnalyzeOptions = {}): Promise<readonly Finding[]> {
  const { findings } = await analyze([capture], options)
  return findings.filter(({ attack }) => attack.length > 0)
}

/** Where a shared vector lies, by its name without extension. */
export function vectorPath(name: string): string {
  return join(import.meta.dirname, '../../../../../shared/vectors', name === '' ? '' : `${name}.pcap`)
}

export function readVector(name: string): Uint8Array {
  return readFileSync(vectorPath(name))
}

/** How a connection goes: who answers what. */
export interface ConnectionStory {
  readonly startNs: number
  /** `refused`: RST; `silent`: no answer; `half-open`: the initiator breaks off with RST; `open`: a whole connection. */
  readonly ending: 'refused' | 'silent' | 'half-open' | 'open'
  /** Payloads in order, after the handshake: who sends how many bytes, or which. */
  readonly exchange?: readonly (readonly ['initiator' | 'responder', number | Uint8Array])[]
  /** How long the connection stays open; 100 ms when left out. */
  readonly durationNs?: number
}

const SEGMENT_BYTES = 1400

/** A TCP connection as frames, with correct numbers. */
export function connection(from: Endpoint, to: Endpoint, story: ConnectionStory): StoryFrame[] {
  const { startNs, ending, exchange = [], durationNs = SECOND_NS / 10 } = story
  const frames: StoryFrame[] = []
  let own = 1000
  let peer = 5000
  const at = (timeNs: number, bytes: Uint8Array) => frames.push({ timeNs: startNs + timeNs, bytes })
  at(0, tcpFrame(from, to, { sequence: own++, flags: 'S' }))
  if (ending === 'silent') return frames
  if (ending === 'refused') {
    at(1e6, tcpFrame(to, from, { sequence: 0, acknowledgment: own, flags: 'RA' }))
    return frames
  }
  at(1e6, tcpFrame(to, from, { sequence: peer++, acknowledgment: own, flags: 'SA' }))
  if (ending === 'half-open') {
    at(1.1e6, tcpFrame(from, to, { sequence: own, flags: 'R' }))
    return frames
  }
  at(1.1e6, tcpFrame(from, to, { sequence: own, acknowledgment: peer }))
  const pieces = exchange.flatMap(([side, content]) => piecesOf(content).map((payload) => ({ side, payload })))
  const stepNs = (durationNs - 3e6) / (pieces.length + 1)
  for (const [i, { side, payload }] of pieces.entries()) {
    const timeNs = 2e6 + (i + 1) * stepNs
    if (side === 'initiator') {
      at(timeNs, tcpFrame(from, to, { sequence: own, acknowledgment: peer, flags: 'PA', payload }))
      own += payload.length
    } else {
      at(timeNs, tcpFrame(to, from, { sequence: peer, acknowledgment: own, flags: 'PA', payload }))
      peer += payload.length
    }
  }
  at(durationNs, tcpFrame(from, to, { sequence: own, acknowledgment: peer, flags: 'FA' }))
  at(durationNs + 1e5, tcpFrame(to, from, { sequence: peer, acknowledgment: own + 1, flags: 'FA' }))
  at(durationNs + 2e5, tcpFrame(from, to, { sequence: own + 1, acknowledgment: peer + 1 }))
  return frames
}

function piecesOf(content: number | Uint8Array): Uint8Array[] {
  if (typeof content !== 'number') return [content]
  return Array.from({ length: Math.ceil(content / SEGMENT_BYTES) }, (_, i) =>
    new Uint8Array(Math.min(SEGMENT_BYTES, content - i * SEGMENT_BYTES)).fill(0x61),
  )
}

/** One UDP datagram. */
export function datagram(from: Endpoint, to: Endpoint, timeNs: number, payload: number | Uint8Array): StoryFrame {
  return { timeNs, bytes: udpFrame(from, to, typeof payload === 'number' ? new Uint8Array(payload) : payload) }
}

/** Whole numbers from 0 on. */
export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** Numbers from 0 to 1 that look random and are the same in every run (a linear congruential generator). */
export function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
