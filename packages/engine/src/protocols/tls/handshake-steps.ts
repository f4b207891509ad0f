import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { uint16 } from '../../decode/cursor.ts'
import { ExtensionType, readExtensions } from './extensions.ts'
import type { TlsListener, TlsMessage, TlsStep } from './messages.ts'
import { HandshakeType } from './record.ts'
import { VectorReader } from './vector-reader.ts'

const NAMED_CURVE = 3
const MAX_CHAIN = 16
const RANDOM_LENGTH = 32

/** Tells the steps of one connection's handshake to runs that ask for them; see {@link TlsStep}. */
export class HandshakeSteps {
  readonly #listener: TlsListener
  readonly #told = new Set<string>()

  constructor(listener: TlsListener) {
    this.#listener = listener
  }

  tell(kind: TlsStep['kind'], place: TlsMessage): void {
    this.#listener.tlsStep({ ...place, kind, handshakeType: -1, group: null, certificateDigests: [] })
  }

  /** Tells the first of its kind in a direction. */
  once(kind: TlsStep['kind'], place: TlsMessage): void {
    const key = `${kind} ${place.direction}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.tell(kind, place)
  }

  /** Tells a handshake message; its body is `bytes[start…end)`. Digests are those of chains up to TLS 1.2. */
  handshake(
    place: TlsMessage,
    handshakeType: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isTls13: boolean,
  ): void {
    let group: number | null = null
    if (handshakeType === HandshakeType.serverKeyExchange) group = namedCurve(bytes, start, end)
    else if (handshakeType === HandshakeType.serverHello) group = keyShareGroup(bytes, start, end)
    const hasChain = handshakeType === HandshakeType.certificate && !isTls13
    const certificateDigests = hasChain ? digestsOf(bytes, start, end) : []
    this.#listener.tlsStep({ ...place, kind: 'handshake', handshakeType, group, certificateDigests })
  }
}

/** Curve of a ServerKeyExchange of an ephemeral elliptic-curve exchange (RFC 8422 §5.4). */
function namedCurve(bytes: Uint8Array, start: number, end: number): number | null {
  const reader = new VectorReader(bytes, start, end)
  const type = reader.integer(1)
  const curve = reader.integer(2)
  const keyLength = reader.integer(1)
  return type === NAMED_CURVE && !reader.hasEnded && keyLength > 0 ? curve : null
}

/** Group that the server chose with its key share (RFC 8446 §4.2.8). */
function keyShareGroup(bytes: Uint8Array, start: number, end: number): number | null {
  const reader = new VectorReader(bytes, start, end)
  reader.skip(2 + RANDOM_LENGTH)
  reader.vector(1)
  reader.skip(3)
  if (reader.hasEnded) return null
  let group: number | null = null
  readExtensions(bytes, reader.position, reader.end, (type, from, to) => {
    if (type === ExtensionType.keyShare && to - from >= 2) group = uint16(bytes, from)
  })
  return group
}

function digestsOf(bytes: Uint8Array, start: number, end: number): string[] {
  const list = new VectorReader(bytes, start, end).vector(3)
  const digests: string[] = []
  while (list.remaining > 0 && digests.length < MAX_CHAIN) {
    const der = list.vector(3)
    if (list.hasEnded) break
    digests.push(bytesToHex(sha256(bytes.subarray(der.position, der.end))))
  }
  return digests
}
