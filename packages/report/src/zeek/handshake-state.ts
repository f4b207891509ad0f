import type { TlsServerHello, TlsStep } from '@pcap-analyzer/engine/observe'

const PRE_SHARED_KEY = 41
const FIRST_OF_TLS13 = 0x0304
const FIRST_DRAFT = 0x7f00
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const CERTIFICATE = 11
const CLIENT_KEY_EXCHANGE = 16

/** Letters of `ssl_history` by the type of a handshake message (Zeek's documentation of ssl.log). */
const letters: Readonly<Record<number, string>> = {
  0: 'h', 1: 'c', 2: 's', 3: 'v', 4: 't', 5: 'e', 6: 'j', 8: 'o', 11: 'x', 12: 'k', 13: 'r', 14: 'n', 15: 'y', 16: 'g',
  20: 'f', 21: 'w', 22: 'u', 23: 'a', 24: 'p', 254: 'm',
} // biome-ignore format: a table

/** How far the handshake of one connection has come, by Zeek's rules; what follows its end is not told. */
export class HandshakeState {
  /** Letters in the order in which things happened, upper case the client's. */
  history = ''
  isEstablished = false
  isResumed = false
  /** SHA-256 of the certificates that the server, the client showed; null when it showed none that could be read. */
  serverChain: readonly string[] | null = null
  clientChain: readonly string[] | null = null
  private client: 0 | 1 = 0
  private hasHello = false
  private isTls13 = false
  private hasClientKey = false
  private readonly hasChanged: [boolean, boolean] = [false, false]
  private readonly hasData: [boolean, boolean] = [false, false]

  isClient(direction: 0 | 1): boolean {
    return direction === this.client
  }

  /** A ClientHello that is told without its step, as in QUIC. */
  hello(): void {
    this.add(this.client, 'c')
  }

  serverHello({ version, extensions, isHelloRetryRequest }: TlsServerHello['hello']): void {
    if (version !== null) this.isTls13 = version === FIRST_OF_TLS13 || version >> 8 === FIRST_DRAFT >> 8
    if (isHelloRetryRequest && this.history.endsWith('s')) this.history = `${this.history.slice(0, -1)}j`
    if (this.isTls13 && !isHelloRetryRequest && extensions.includes(PRE_SHARED_KEY)) this.isResumed = true
  }

  step({ kind, direction, handshakeType, certificateDigests }: TlsStep): void {
    if (this.isEstablished) return
    if (kind === 'handshake') this.message(direction, handshakeType, certificateDigests)
    else if (kind === 'change-cipher-spec') this.changeCipherSpec(direction)
    else if (kind === 'encrypted-handshake') this.isEstablished = !this.isTls13 && this.hasChanged.every(Boolean)
    else {
      this.hasData[direction] = true
      this.isEstablished = this.isTls13 ? this.hasData.every(Boolean) : this.hasChanged.every(Boolean)
    }
  }

  alert(direction: 0 | 1): void {
    if (!this.isEstablished) this.add(direction, 'l')
  }

  private message(direction: 0 | 1, type: number, digests: readonly string[]): void {
    if (type === CLIENT_HELLO && !this.hasHello) {
      this.hasHello = true
      this.client = direction
    } else if (type === SERVER_HELLO && !this.hasHello) this.client = direction === 0 ? 1 : 0
    if (type === CLIENT_KEY_EXCHANGE) this.hasClientKey = true
    if (type === CERTIFICATE) {
      if (this.isClient(direction)) this.clientChain = digests
      else this.serverChain = digests
    }
    this.add(direction, letters[type] ?? 'z')
  }

  /** A client that changes without having sent a key goes on with a session it had (RFC 5246 §7.3). */
  private changeCipherSpec(direction: 0 | 1): void {
    this.hasChanged[direction] = true
    if (this.isClient(direction) && this.hasHello && !this.isTls13 && !this.hasClientKey) this.isResumed = true
    this.add(direction, 'i')
  }

  private add(direction: 0 | 1, letter: string): void {
    this.history += this.isClient(direction) ? letter.toUpperCase() : letter
  }
}
