import { closeSync, openSync, readSync } from 'node:fs'
import { EngineError } from '@pcap-analyzer/engine'
import {
  CaptureRun,
  DRAIN_ENDED,
  DRAIN_PAUSED,
  DRAIN_WANTS_BYTES,
  type Packet,
  withLimits,
} from '@pcap-analyzer/engine/observe'

export type RefusalType =
  | 'INSUFFICIENT_PACKETS'
  | 'INVALID_TIMESTAMPS'
  | 'DUPLICATE_PACKETS'
  | 'INVALID_FORMAT'
  | 'TOO_COSTLY'

/** Why a capture is refused, with the numbers that decided. */
export interface CaptureRefusal {
  readonly type: RefusalType
  readonly numbers: Readonly<Record<string, number>>
}

/** So many packets are looked at, and so many bytes at most, before a capture is taken. */
const PACKETS = 100
const MOST_BYTES = 8 << 20
const CHUNK_BYTES = 1 << 18
/** Only behind so much the engine judges how far a compressed capture expands. */
const EXPANDED_BYTES = 32 << 20
const COMPRESSED = /^(?:1f8b|28b52ffd|04224d18)/
const MOST_JUMP_SECONDS = 31_536_000
const MOST_COPIES = 0.5
const LEAST_PACKETS = 2

/** What could be read of a capture's beginning. */
export type Validation =
  | { readonly kind: 'fine' }
  | { readonly kind: 'refused'; readonly refusal: CaptureRefusal }
  | { readonly kind: 'bomb' }

/** What a first look at a file says. */
export type CaptureLook = Validation | { readonly kind: 'no capture' }

/** Looks at the first packets of a capture: whether it is one, and whether an analysis could mean anything. */
export function validateCapture(path: string, mostExpansionRatio: number): Validation {
  const start = new CaptureStart()
  const limits = withLimits({ maxDecompressionRatio: mostExpansionRatio, maxDecompressedBytes: 1 << 28 })
  try {
    readStart(path, new CaptureRun(limits, [{ frame: (packet) => start.take(packet) }]), start)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    if (error.code === 'DECOMPRESSION_LIMIT') return { kind: 'bomb' }
    return refused('INVALID_FORMAT', {})
  }
  const refusal = start.judge()
  return refusal === null ? { kind: 'fine' } : { kind: 'refused', refusal }
}

function readStart(path: string, run: CaptureRun, start: CaptureStart): void {
  const file = openSync(path, 'r')
  try {
    run.beginFile(null)
    let mostExpanded = 0
    for (let bytes = 0; bytes < MOST_BYTES && (run.totals.packets < PACKETS || start.bytes < mostExpanded); ) {
      const room = run.input.reserve(CHUNK_BYTES)
      const length = readSync(file, room, 0, room.length, null)
      run.input.commit(length)
      if (bytes === 0 && COMPRESSED.test(Buffer.from(room.subarray(0, 4)).toString('hex')))
        mostExpanded = EXPANDED_BYTES
      bytes += length
      if (length === 0) run.input.finish()
      let state = run.drain(PACKETS)
      while (state === DRAIN_PAUSED && start.bytes < mostExpanded) state = run.drain(PACKETS)
      if (state === DRAIN_ENDED || (length === 0 && state === DRAIN_WANTS_BYTES)) break
    }
    run.endFile()
  } finally {
    closeSync(file)
  }
}

function refused(type: RefusalType, numbers: Record<string, number>): { kind: 'refused'; refusal: CaptureRefusal } {
  return { kind: 'refused', refusal: { type, numbers } }
}

/** Counts what speaks against a capture. Loopback, cooked and tunnel captures look odd and are fine. */
class CaptureStart {
  /** Captured bytes so far. */
  bytes = 0
  #packets = 0
  #copies = 0
  #lastSeconds: number | null = null
  #greatestJumpSeconds = 0
  readonly #seen = new Set<string>()

  take(packet: Packet): void {
    this.bytes += packet.end - packet.start
    if (this.#packets === PACKETS) return
    this.#packets++
    const { seconds, nanoseconds, bytes, start, end } = packet
    if (packet.hasTime) {
      if (this.#lastSeconds !== null) {
        this.#greatestJumpSeconds = Math.max(this.#greatestJumpSeconds, Math.abs(seconds - this.#lastSeconds))
      }
      this.#lastSeconds = seconds
    }
    const identity = `${seconds}.${nanoseconds}:${Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')}`
    if (this.#seen.has(identity)) this.#copies++
    else this.#seen.add(identity)
  }

  judge(): CaptureRefusal | null {
    const packets = this.#packets
    if (packets < LEAST_PACKETS) return { type: 'INSUFFICIENT_PACKETS', numbers: { packets } }
    if (this.#greatestJumpSeconds > MOST_JUMP_SECONDS) {
      return { type: 'INVALID_TIMESTAMPS', numbers: { days: Math.round(this.#greatestJumpSeconds / 86_400) } }
    }
    if (this.#copies / packets > MOST_COPIES) {
      return { type: 'DUPLICATE_PACKETS', numbers: { copies: this.#copies, packets } }
    }
    return null
  }
}
