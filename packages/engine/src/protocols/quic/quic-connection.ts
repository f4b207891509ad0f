import { HandshakeReader } from '../tls/handshake-reader.ts'
import { HandshakeType } from '../tls/record.ts'
import { readCryptoFrames } from './crypto-frames.ts'
import { CryptoStream } from './crypto-stream.ts'
import type { LongHeader } from './quic-header.ts'
import { deriveInitialKeys, type InitialKeys, openInitial } from './quic-initial.ts'

/** Initial packets of one connection that are decrypted; a handshake needs few, and each costs real work. */
const MAX_OPENED = 32
/** Initial packets that may fail to open before the connection is taken for one that only looks like QUIC. */
const MAX_FAILURES = 2
const MAX_REMEMBERED_IDS = 16

/** Receives the body of a ClientHello; `bytes` are borrowed. */
export type TakeClientHello = (bytes: Uint8Array, start: number, end: number) => void

/** One QUIC connection as far as its beginning can be read: its ids and the client's Initial packets. */
export class QuicConnection {
  /** Position in order of creation, from 0. */
  readonly number: number
  /** Ids it can be found by; at most 16 are remembered. */
  readonly ids: Uint8Array[] = []
  #keys: InitialKeys | null
  #openings = 0
  #failures = 0
  /** Made when the first packet has opened: what only looks like QUIC costs nothing. */
  #stream: CryptoStream | null = null
  #take: TakeClientHello | null = null

  constructor(number: number, version: number, destinationId: Uint8Array) {
    this.number = number
    this.#keys = deriveInitialKeys(version, destinationId, 'client')
  }

  /** Notes an id; false when it has enough of them. */
  remember(id: Uint8Array): boolean {
    if (this.ids.length >= MAX_REMEMBERED_IDS) return false
    this.ids.push(id)
    return true
  }

  /** The client begins again with the id that a Retry gave it, and with keys derived from that (RFC 9001 §5.2). */
  retry(version: number, destinationId: Uint8Array): void {
    this.#keys = deriveInitialKeys(version, destinationId, 'client')
  }

  /** Decrypts an Initial packet, if the client sent it, and hands over the ClientHello that it completes. */
  openInitial(header: LongHeader, bytes: Uint8Array, start: number, take: TakeClientHello): void {
    if (this.#keys === null) return
    const frames = openInitial(this.#keys, bytes, start, header.packetNumberStart, header.packetEnd)
    if (frames === null) {
      if (++this.#failures >= MAX_FAILURES) this.#keys = null
    } else {
      this.#stream ??= this.#newStream()
      const stream = this.#stream
      this.#take = take
      readCryptoFrames(frames, (offset, data, from, to) => stream.add(offset, data, from, to))
      this.#take = null
    }
    if (++this.#openings < MAX_OPENED) return
    this.#keys = null
    this.#stream = null
  }

  #newStream(): CryptoStream {
    const handshake = new HandshakeReader((type, bytes, start, end) => {
      if (type === HandshakeType.clientHello) this.#take?.(bytes, start, end)
    })
    return new CryptoStream((bytes, start, end) => handshake.record(bytes, start, end))
  }
}
