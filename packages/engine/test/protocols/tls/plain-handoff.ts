import { Packet } from '../../../src/packet.ts'
import { hasProtocol, Protocol } from '../../../src/protocol-set.ts'
import type { StreamPiece } from '../../../src/protocols/stream-dissector.ts'
import type { TlsAlert, TlsCertificate, TlsClientHello, TlsServerHello } from '../../../src/protocols/tls/messages.ts'
import { looksLikeTls, tlsPorts } from '../../../src/protocols/tls/recognise.ts'
import { TlsDissector } from '../../../src/protocols/tls/tls-dissector.ts'
import type { Golden } from './corpus.ts'
import { findTransport, framesOfCapture, type Transport } from './frames-of-capture.ts'

/** What the dissector said of one capture. */
export interface TlsOfCapture {
  clientHellos: TlsClientHello[]
  serverHellos: TlsServerHello[]
  certificates: TlsCertificate[]
  alerts: TlsAlert[]
  tlsFrames: number[]
}

interface Direction {
  base: number
  unitStart: number
  unitEnd: number
  waitsForSegment: boolean
  skips: boolean
  kept: Uint8Array
}

/** Collects what a dissector says. */
export function collector(): TlsOfCapture & ConstructorParameters<typeof TlsDissector>[0] {
  const found: TlsOfCapture = { clientHellos: [], serverHellos: [], certificates: [], alerts: [], tlsFrames: [] }
  return {
    ...found,
    tlsClientHello: (message) => void found.clientHellos.push(message),
    tlsServerHello: (message) => void found.serverHellos.push(message),
    tlsCertificate: (message) => void found.certificates.push(message),
    tlsAlert: (message) => void found.alerts.push(message),
    tlsStep: () => {},
  }
}

/**
 * A hand-off just good enough for captures whose golden says which segments tshark withholds: in order, one pending unit a direction.
 * It stands in for the engine's own, which these tests must not depend on.
 */
export function readTlsOfCapture(file: Buffer, golden: Golden): TlsOfCapture {
  const found = collector()
  const streams = new StreamsOfGolden(golden)
  const connections = new Map<number, Connection>()
  const { retransmission = [], spurious_retransmission = [], out_of_order = [], keep_alive = [] } = golden.tcp.analysis
  const withheld = new Set([...retransmission, ...spurious_retransmission, ...out_of_order, ...keep_alive])
  for (const fast of golden.tcp.analysis.fast_retransmission ?? []) withheld.delete(fast)
  for (const frame of framesOfCapture(file)) {
    const transport = findTransport(frame)
    if (transport?.protocol !== 6) continue
    const stream = streams.find(frame.number, transport)
    if (stream < 0) continue
    let connection = connections.get(stream)
    if (connection === undefined) connections.set(stream, (connection = new Connection(stream, transport, found)))
    if (transport.payload.length === 0 || (transport.flags & 4) !== 0 || withheld.has(frame.number)) continue
    const packet = new Packet()
    packet.number = frame.number
    connection.segment(packet, transport)
    if (hasProtocol(packet, Protocol.tls)) found.tlsFrames.push(frame.number)
  }
  return found
}

class Connection {
  readonly #first: Transport
  readonly #stream: number
  readonly #dissector: TlsDissector
  readonly #directions: (Direction | undefined)[] = []
  #isTls: boolean

  constructor(stream: number, first: Transport, listener: ReturnType<typeof collector>) {
    this.#first = first
    this.#stream = stream
    this.#dissector = new TlsDissector(listener)
    this.#isTls = tlsPorts.includes(first.sourcePort) || tlsPorts.includes(first.destinationPort)
  }

  segment(packet: Packet, transport: Transport): void {
    const isForward =
      transport.source === this.#first.source &&
      transport.sourcePort === this.#first.sourcePort &&
      transport.destination === this.#first.destination
    const side = isForward ? 0 : 1
    const direction = (this.#directions[side] ??= newDirection(transport.sequence))
    const piece: StreamPiece = {
      packet,
      stream: this.#stream,
      direction: side,
      sourcePort: transport.sourcePort,
      destinationPort: transport.destinationPort,
      canWait: transport.isWhole,
      firstFrame: packet.number,
      firstTimeNs: 0,
      skippedBytes: 0,
      need: 0,
      skipContent: false,
      inOrderOnly: false,
      context: null,
      messageStart: -1,
      opaque: -1,
      isOver: false,
    }
    this.#bytes(piece, direction, transport.payload, (transport.sequence - direction.base) | 0, transport.isWhole)
  }

  #bytes(piece: StreamPiece, direction: Direction, payload: Uint8Array, sequence: number, isWhole: boolean): void {
    if (isWhole && sequence === direction.unitEnd - remaining(direction) && remaining(direction) > 0) {
      const taken = direction.waitsForSegment ? payload.length : Math.min(payload.length, remaining(direction))
      direction.kept = Buffer.concat([direction.kept, payload.subarray(0, taken)])
      if (!direction.waitsForSegment && remaining(direction) > 0) return
      const unit = direction.kept
      const start = direction.unitStart
      direction.kept = unit.subarray(0, 0)
      direction.unitEnd = direction.unitStart
      if (direction.skips) this.#dissector.unitCompleted(piece)
      else this.#dissect(piece, direction, unit, start, true)
      if (taken < payload.length) this.#bytes(piece, direction, payload.subarray(taken), sequence + taken, isWhole)
      return
    }
    this.#dissect(piece, direction, payload, sequence, isWhole)
  }

  #dissect(piece: StreamPiece, direction: Direction, bytes: Uint8Array, sequence: number, isWhole: boolean): void {
    if (!this.#isTls && !looksLikeTls(bytes, 0, bytes.length)) return
    this.#isTls = true
    piece.need = 0
    const consumed = this.#dissector.dissect(piece, bytes, 0, bytes.length)
    if (piece.need === 0 || !isWhole) return
    direction.kept = bytes.slice(consumed)
    direction.unitStart = sequence + consumed
    direction.waitsForSegment = piece.need < 0
    direction.unitEnd = sequence + bytes.length + (piece.need < 0 ? 1 : piece.need)
    direction.skips = piece.skipContent
  }
}

function newDirection(base: number): Direction {
  return { base, unitStart: 0, unitEnd: 0, waitsForSegment: false, skips: false, kept: new Uint8Array(0) }
}

function remaining(direction: Direction): number {
  return direction.unitEnd - direction.unitStart - direction.kept.length
}

/** Numbers frames with the golden's TCP streams. */
class StreamsOfGolden {
  readonly #streams = new Map<string, { stream: number; firstFrame: number }[]>()

  constructor(golden: Golden) {
    for (const row of golden.conversations.tcp) {
      const key = [row[2], row[4]].sort().join()
      const streams = this.#streams.get(key) ?? []
      streams.push({ stream: row[0] as number, firstFrame: row[9] as number })
      this.#streams.set(key, streams)
    }
  }

  find(frame: number, transport: Transport): number {
    const streams = this.#streams.get([transport.sourcePort, transport.destinationPort].sort().join()) ?? []
    const started = streams.filter(({ firstFrame }) => firstFrame <= frame)
    return started.sort((a, b) => a.firstFrame - b.firstFrame).at(-1)?.stream ?? -1
  }
}
