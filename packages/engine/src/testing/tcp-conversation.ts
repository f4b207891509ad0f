import type { TestFrame } from './captures.ts'
import { type Endpoint, synOptions, tcpFrame, timestampOptions } from './frames.ts'

/** What happens to a segment on its way past the capture point. */
export interface SegmentOptions {
  readonly flags?: string
  readonly window?: number
  readonly payload?: Uint8Array
  /** Sequence number relative to the side's first; what comes next when left out, and only then the side moves on. */
  readonly at?: number
  /** Number of the peer, relative to its first, that is acknowledged; everything it has sent when left out. */
  readonly acknowledges?: number
  /** Ranges of the peer's numbers, relative, reported as received (RFC 2018). */
  readonly sack?: readonly (readonly [number, number])[]
  /** The segment is sent but the capture never sees it: it was lost before. */
  readonly isUnseen?: boolean
}

interface Side {
  readonly endpoint: Endpoint
  readonly initialSequence: number
  /** Relative number of the next byte to send. */
  next: number
  identification: number
}

/**
 * Writes one TCP connection as frames, keeping the numbers right: each segment acknowledges what the other side has sent so far.
 * Both sides use timestamps of 1 ms, SACK and a window shift of 7. Times are ns since the start.
 */
export class TcpConversation {
  readonly frames: TestFrame[]
  private readonly client: Side
  private readonly server: Side
  private readonly startNs: number

  /** Appends to `frames`, which may be shared with other conversations. */
  constructor(client: Endpoint, server: Endpoint, frames: TestFrame[] = [], startNs = 0) {
    this.frames = frames
    this.client = { endpoint: client, initialSequence: 0x1000_0000, next: 0, identification: 100 }
    this.server = { endpoint: server, initialSequence: 0x7000_0000, next: 0, identification: 5000 }
    this.startNs = startNs
  }

  /** Three-way handshake seen at the client, `rttNs` long. */
  open(timeNs: number, rttNs: number): this {
    this.send('client', timeNs, { flags: 'S' })
    this.send('server', timeNs + rttNs, { flags: 'SA' })
    return this.send('client', timeNs + rttNs + 50_000, {})
  }

  /** One segment from a side at a time. */
  send(from: 'client' | 'server', timeNs: number, options: SegmentOptions = {}): this {
    const side = this[from]
    const peer = from === 'client' ? this.server : this.client
    const flags = options.flags ?? 'A'
    const isSyn = flags.includes('S')
    const at = options.at ?? side.next
    const length = (options.payload?.length ?? 0) + (isSyn || flags.includes('F') ? 1 : 0)
    if (options.at === undefined) side.next = at + length
    const identification = side.identification++
    if (options.isUnseen) return this
    const ticks = Math.floor(timeNs / 1e6)
    const bytes = tcpFrame(side.endpoint, peer.endpoint, {
      sequence: side.initialSequence + at,
      acknowledgment: flags.includes('A') ? peer.initialSequence + (options.acknowledges ?? peer.next) : 0,
      flags,
      window: options.window ?? 502,
      options: isSyn
        ? synOptions(1460, 7, ticks)
        : [...timestampOptions(ticks, ticks), ...sackOptions(peer, options.sack ?? [])],
      identification,
      ...(options.payload === undefined ? {} : { payload: options.payload }),
    })
    this.frames.push({ bytes, ...absoluteTime(this.startNs + timeNs) })
    return this
  }

  /** Both sides send FIN and acknowledge it. */
  close(timeNs: number, rttNs: number): this {
    this.send('client', timeNs, { flags: 'FA' })
    this.send('server', timeNs + rttNs, { flags: 'FA' })
    return this.send('client', timeNs + rttNs + 50_000, {})
  }
}

function sackOptions(peer: Side, blocks: readonly (readonly [number, number])[]): number[] {
  if (blocks.length === 0) return []
  const edges = blocks.flat().flatMap((edge) => {
    const value = peer.initialSequence + edge
    return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
  })
  return [1, 1, 5, 2 + edges.length, ...edges]
}

/** Seconds and ns of a frame from ns since 2026-01-01 00:00 UTC, when all samples begin. */
export function absoluteTime(timeNs: number): { seconds: number; nanoseconds: number } {
  const START_SECONDS = 1_767_225_600
  const seconds = Math.floor(timeNs / 1e9)
  return { seconds: START_SECONDS + seconds, nanoseconds: Math.round(timeNs - seconds * 1e9) }
}
