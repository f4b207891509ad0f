import { foreignTcpPorts, httpGuestPorts, isInPortSet, tlsGuestPorts } from './foreign-ports.ts'
import type { StreamDissector } from './stream-dissector.ts'

/** An application protocol over TCP: where it is expected, how it is told, and how one connection of it is opened. */
export interface StreamProtocol {
  readonly name: string
  /** Ports that tshark gives to it. */
  readonly ports: readonly number[]
  /** Whether bytes on one of its ports are its own; without it all are. */
  accepts?(bytes: Uint8Array, start: number, end: number): boolean
  /** Whether bytes on a port that nobody owns are its own; without it it is never guessed. */
  recognises?(bytes: Uint8Array, start: number, end: number): boolean
  open(): StreamDissector
}

/** Chooses the dissector of a TCP connection: server port, lower port, higher port, then by content (spec 13.7). */
export class DissectorChooser {
  readonly #protocols: readonly StreamProtocol[]
  readonly #byPort = new Map<number, StreamProtocol>()

  constructor(protocols: readonly StreamProtocol[]) {
    this.#protocols = protocols
    for (const protocol of protocols) for (const port of protocol.ports) this.#byPort.set(port, protocol)
  }

  /**
   * The protocol that owns one of the ports; 'foreign' when tshark gives the port to a protocol that we do not read, 'refused' when the
   * owner does not take these bytes, 'nobody' when no port is known. Only then {@link byContent} decides.
   */
  byPort(
    serverPort: number,
    sourcePort: number,
    destinationPort: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): StreamProtocol | 'foreign' | 'refused' | 'nobody' {
    const lower = Math.min(sourcePort, destinationPort)
    const higher = Math.max(sourcePort, destinationPort)
    let isRefused = false
    for (let turn = 0; turn < 3; turn++) {
      const port = turn === 0 ? serverPort : turn === 1 ? lower : higher
      const protocol = this.#byPort.get(port)
      if (protocol !== undefined) {
        if (protocol.accepts === undefined || protocol.accepts(bytes, start, end)) return protocol
        isRefused = true
      } else if (port !== 0 && isInPortSet(foreignTcpPorts, port))
        return this.#guest(port, bytes, start, end) ?? 'foreign'
    }
    return isRefused ? 'refused' : 'nobody'
  }

  /** Opens what is found by ports, then by content; null when nothing is, or when a foreign protocol owns a port. */
  open(
    sourcePort: number,
    destinationPort: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): StreamDissector | null {
    const owner = this.byPort(0, sourcePort, destinationPort, bytes, start, end)
    if (owner === 'foreign') return null
    const protocol = owner === 'nobody' || owner === 'refused' ? this.byContent(bytes, start, end) : owner
    return protocol?.open() ?? null
  }

  /** The protocol that a foreign port leaves such bytes to. */
  #guest(port: number, bytes: Uint8Array, start: number, end: number): StreamProtocol | undefined {
    const name = isInPortSet(tlsGuestPorts, port) ? 'tls' : isInPortSet(httpGuestPorts, port) ? 'http' : ''
    return this.#protocols.find((protocol) => protocol.name === name && protocol.recognises?.(bytes, start, end))
  }

  byContent(bytes: Uint8Array, start: number, end: number): StreamProtocol | undefined {
    for (const protocol of this.#protocols) {
      if (protocol.recognises?.(bytes, start, end)) return protocol
    }
    return undefined
  }
}
