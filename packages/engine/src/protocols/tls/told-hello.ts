import type { StreamPiece } from '../stream-dissector.ts'
import type { ClientHello } from './client-hello.ts'
import { ja3 } from './ja3.ts'
import { ja4 } from './ja4.ts'
import type { TlsClientHello } from './messages.ts'

/** A ClientHello over TCP as it is told; fingerprints are made when somebody reads them. */
export class ToldHello implements TlsClientHello {
  readonly frame: number
  readonly timeNs: number
  readonly stream: number
  readonly direction: 0 | 1
  readonly hello: ClientHello
  readonly isCut: boolean

  constructor({ packet, stream, direction }: StreamPiece, hello: ClientHello, isCut: boolean) {
    this.frame = packet.number
    this.timeNs = packet.timeNs
    this.stream = stream
    this.direction = direction
    this.hello = hello
    this.isCut = isCut
  }

  get ja3(): string {
    return ja3(this.hello)
  }

  get ja4(): string {
    return ja4(this.hello, 't')
  }
}
