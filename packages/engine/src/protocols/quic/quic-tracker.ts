import type { Packet } from '../../packet.ts'
import { markProtocol, Protocol } from '../../protocol-set.ts'
import { allDatagramsShown, type DatagramFlows } from '../datagram-flows.ts'
import { readClientHello } from '../tls/client-hello.ts'
import { copyBytes } from '../tls/copy-bytes.ts'
import type { QuicListener } from '../tls/messages.ts'
import { ConnectionIds } from './connection-ids.ts'
import { QuicConnection } from './quic-connection.ts'
import { isLongHeader, LongHeader, LongPacketType, longHeaderVersion, MAX_CONNECTION_ID_LENGTH } from './quic-header.ts'
import { hasSample } from './quic-initial.ts'
import { isKnownQuicVersion } from './quic-version.ts'

/** Shortest datagram that is looked at on a flow not known to be QUIC. */
const MIN_DATAGRAM_LENGTH = 13
/** Bytes that must follow the connection id of a short header for it to be believed. */
const MIN_BEHIND_CONNECTION_ID = 17
const DEFAULT_MAX_CONNECTIONS = 4096

/** A flow known to be QUIC, with the connection that was last seen on it. */
interface QuicFlow {
  connection: QuicConnection | null
  /** Index of the flow's record. */
  readonly record: number
}

/**
 * Tells which UDP datagrams are QUIC, as tshark 4.0 does: a long header of a known version makes the flow QUIC, and from then on every
 * datagram of it; a short header elsewhere only if it carries a known connection id. Reads ClientHellos from Initial packets.
 * Keeps at most `maxConnections` connections and as many flows; the oldest are dropped and counted.
 */
export class QuicTracker {
  /** Frames by version: each frame counts once for every version in it. */
  readonly versionFrames = new Map<number, number>()
  /** Connections created so far. */
  connectionCount = 0
  /** Connections and flows forgotten because there were too many. */
  droppedCount = 0
  readonly #listener: QuicListener
  readonly #datagramFlows: DatagramFlows
  readonly #maxConnections: number
  readonly #flows = new Map<number, QuicFlow>()
  readonly #connections = new Set<QuicConnection>()
  /** By the ids that the ends chose for themselves. */
  readonly #bySourceId = new ConnectionIds<QuicConnection>()
  /** By the random ids that clients send their first Initial packets to. */
  readonly #byFirstId = new ConnectionIds<QuicConnection>()
  readonly #header = new LongHeader()
  readonly #frameVersions: number[] = []

  constructor(listener: QuicListener, flows = allDatagramsShown, maxConnections = DEFAULT_MAX_CONNECTIONS) {
    this.#listener = listener
    this.#datagramFlows = flows
    this.#maxConnections = maxConnections
  }

  /**
   * Looks at a datagram's payload and marks the frame when it is QUIC. `flow` is the number of the UDP flow, both
   * directions, and `record` the index of its record: from now on its datagrams with short headers need not be shown.
   * Datagrams with short headers cost a look-up by flow and allocate nothing.
   */
  datagram(
    flow: number,
    packet: Packet,
    bytes: Uint8Array,
    start: number,
    end: number,
    fromInitiator: boolean,
    record = 0,
  ): boolean {
    if (start >= end) return false
    let known = this.#flows.get(flow)
    if (known === undefined) {
      if (!this.#looksLikeQuic(bytes, start, end)) return false
      known = this.#bind(flow, record)
    }
    markProtocol(packet, Protocol.quic)
    this.#datagramFlows.noteQuic(packet.number)
    if (isLongHeader(bytes, start)) this.#longHeaders(flow, known, packet, bytes, start, end, fromInitiator)
    return true
  }

  #looksLikeQuic(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < MIN_DATAGRAM_LENGTH) return false
    if (!isLongHeader(bytes, start)) {
      return this.#bySourceId.findPrefix(bytes, start + 1, end - MIN_BEHIND_CONNECTION_ID) !== undefined
    }
    if (!isKnownQuicVersion(longHeaderVersion(bytes, start))) return false
    const destinationIdLength = bytes[start + 5]
    if (destinationIdLength > MAX_CONNECTION_ID_LENGTH) return false
    const sourceLengthStart = start + 6 + destinationIdLength
    return sourceLengthStart < end && bytes[sourceLengthStart] <= MAX_CONNECTION_ID_LENGTH
  }

  #bind(flow: number, record: number): QuicFlow {
    const known: QuicFlow = { connection: null, record }
    if (this.#flows.size >= this.#maxConnections) this.#forgetOldest()
    this.#flows.set(flow, known)
    this.#datagramFlows.nameShortHeaders(record)
    return known
  }

  #forgetOldest(): void {
    const [flow, { record }] = this.#flows.entries().next().value as [number, QuicFlow]
    this.#flows.delete(flow)
    this.#datagramFlows.read(record)
    this.droppedCount++
  }

  /** Walks the packets of a datagram: those behind the first count as long as they go to the same id (RFC 9000 §12.2). */
  #longHeaders(
    flow: number,
    known: QuicFlow,
    packet: Packet,
    bytes: Uint8Array,
    start: number,
    end: number,
    fromInitiator: boolean,
  ): void {
    const header = this.#header
    this.#frameVersions.length = 0
    let position = start
    let firstIdStart = -1
    let firstIdLength = 0
    while (position < end && isLongHeader(bytes, position) && header.read(bytes, position, end)) {
      if (firstIdStart < 0) {
        firstIdStart = header.destinationIdStart
        firstIdLength = header.destinationIdLength
      } else if (!sameId(bytes, firstIdStart, firstIdLength, header)) break
      const connection = this.#connect(known, bytes, header)
      if (header.type === LongPacketType.initial) {
        if (!hasSample(header.packetNumberStart, header.packetEnd)) break
        connection?.openInitial(header, bytes, position, (from, helloStart, helloEnd) =>
          this.#hello(flow, connection, packet, fromInitiator, header.version, from, helloStart, helloEnd),
        )
      }
      this.#countVersion(header.version)
      position = header.packetEnd
    }
  }

  /** The connection a packet belongs to; an Initial packet to an unknown id opens one. */
  #connect(known: QuicFlow, bytes: Uint8Array, header: LongHeader): QuicConnection | null {
    const length = header.destinationIdLength
    const isNamed = length > 0 && length <= MAX_CONNECTION_ID_LENGTH
    let connection = isNamed ? this.#find(bytes, header.destinationIdStart, length) : known.connection
    if (!connection) {
      if (header.type !== LongPacketType.initial) return null
      const id = copyBytes(bytes, header.destinationIdStart, header.destinationIdStart + (isNamed ? length : 0))
      connection = this.#open(header.version, id)
    }
    known.connection = connection
    if (header.type === LongPacketType.retry) {
      connection.retry(header.version, sourceId(bytes, header))
      this.#addId(connection, sourceId(bytes, header))
    } else if (header.type === LongPacketType.initial) this.#addId(connection, sourceId(bytes, header))
    return connection
  }

  #open(version: number, id: Uint8Array): QuicConnection {
    const connection = new QuicConnection(this.connectionCount++, version, id)
    if (this.#connections.size >= this.#maxConnections) this.#dropOldest()
    this.#connections.add(connection)
    if (id.length > 0 && connection.remember(id)) this.#byFirstId.add(id, 0, id.length, connection)
    return connection
  }

  #find(bytes: Uint8Array, start: number, length: number): QuicConnection | undefined {
    return this.#bySourceId.find(bytes, start, length) ?? this.#byFirstId.find(bytes, start, length)
  }

  #addId(connection: QuicConnection, id: Uint8Array): void {
    if (id.length === 0 || id.length > MAX_CONNECTION_ID_LENGTH) return
    if (this.#bySourceId.find(id, 0, id.length) === connection) return
    if (!connection.remember(id)) return
    this.#bySourceId.add(id, 0, id.length, connection)
    this.#datagramFlows.noteQuicIds()
  }

  #dropOldest(): void {
    const oldest = this.#connections.values().next().value as QuicConnection
    this.#connections.delete(oldest)
    for (const id of oldest.ids) {
      this.#bySourceId.remove(id, oldest)
      this.#byFirstId.remove(id, oldest)
    }
    this.droppedCount++
  }

  #countVersion(version: number): void {
    if (this.#frameVersions.includes(version)) return
    this.#frameVersions.push(version)
    this.versionFrames.set(version, (this.versionFrames.get(version) ?? 0) + 1)
  }

  #hello(
    flow: number,
    connection: QuicConnection,
    packet: Packet,
    fromInitiator: boolean,
    quicVersion: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { hello, remembered } = readClientHello(bytes, start, end)
    this.#listener.quicClientHello({
      frame: packet.number,
      timeNs: packet.timeNs,
      flow,
      connection: connection.number,
      fromInitiator,
      quicVersion,
      hello,
      get ja3() {
        return remembered.ja3
      },
      get ja4() {
        return remembered.ja4('q')
      },
    })
  }
}

function sameId(bytes: Uint8Array, start: number, length: number, header: LongHeader): boolean {
  if (header.destinationIdLength !== length) return false
  for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[header.destinationIdStart + i]) return false
  return true
}

function sourceId(bytes: Uint8Array, header: LongHeader): Uint8Array {
  return copyBytes(bytes, header.sourceIdStart, header.sourceIdStart + header.sourceIdLength)
}
