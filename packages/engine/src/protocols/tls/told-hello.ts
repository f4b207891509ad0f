import type { StreamPiece } from '../stream-dissector.ts'
import type { ClientHello, ReadHello } from './client-hello.ts'
import type { RememberedOffer } from './client-offer.ts'
import type { TlsClientHello } from './messages.ts'

/** A ClientHello over TCP as it is told; fingerprints are made when somebody reads them. */
export class ToldHello implements TlsClientHello {
  readonly frame: number
  readonly timeNs: number
  readonly stream: number
  readonly direction: 0 | 1
  readonly hello: ClientHello
  readonly isCut: boolean

  readonly #remembered: RememberedOffer

  constructor({ packet, stream, direction }: StreamPiece, { hello, remembered }: ReadHello, isCut: boolean) {
    this.frame = packet.number
    this.timeNs = packet.timeNs
    this.stream = stream
    this.direction = direction
    this.hello = hello
    this.isCut = isCut
    this.#remembered = remembered
  }

  get ja3(): string {
    return this.#remembered.ja3
  }

  get ja4(): string {
    return this.#remembered.ja4('t')
  }
}
