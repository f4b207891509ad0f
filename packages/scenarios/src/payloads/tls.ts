import type { Random } from '../random.ts'
import { joined, text } from './text.ts'

const HANDSHAKE = 22
const ALERT = 21
const APPLICATION_DATA = 23
const FATAL = 2

/** Descriptions of alerts (RFC 8446 §6). */
export const tlsAlerts = { handshakeFailure: 40, certificateExpired: 45, protocolVersion: 70 } as const

/** ClientHello of TLS 1.2 with a server name (RFC 5246 §7.4.1.2, RFC 6066 §3). */
export function clientHello(random: Random, serverName: string): Uint8Array {
  const host = text(serverName)
  const names = [...sized(2, joined([0], sized(2, host)))]
  const extensions = joined([0, 0], sized(2, names), [0, 10, 0, 4, 0, 2, 0, 23], [0, 13, 0, 4, 0, 2, 4, 3])
  const suites = [0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c]
  const body = joined([3, 3], random.bytes(32), [0], sized(2, suites), [1, 0], sized(2, extensions))
  return handshake(1, body)
}

/** ServerHello, Certificate and ServerHelloDone in one flight. */
export function serverFlight(random: Random, certificates: readonly Uint8Array[]): Uint8Array {
  const hello = joined([3, 3], random.bytes(32), [0], [0xc0, 0x2b], [0])
  const chain = joined(...certificates.map((one) => sized(3, one)))
  return joined(handshake(2, hello), handshake(11, sized(3, chain)), handshake(14, []))
}

/** The client's key exchange, change of cipher and a message that nobody can read. */
export function clientFinish(random: Random): Uint8Array {
  return joined(handshake(16, sized(1, random.bytes(65))), [20, 3, 3, 0, 1, 1], record(HANDSHAKE, random.bytes(40)))
}

/** The server's change of cipher, and a message that nobody can read. */
export function serverFinish(random: Random): Uint8Array {
  return joined([20, 3, 3, 0, 1, 1], record(HANDSHAKE, random.bytes(40)))
}

export function applicationData(random: Random, length: number): Uint8Array {
  return record(APPLICATION_DATA, random.bytes(length))
}

/** A fatal alert in clear. */
export function fatalAlert(description: number): Uint8Array {
  return record(ALERT, [FATAL, description])
}

function handshake(type: number, body: ArrayLike<number>): Uint8Array {
  return record(HANDSHAKE, joined([type], sized(3, body)))
}

function record(type: number, body: ArrayLike<number>): Uint8Array {
  return joined([type, 3, 3], sized(2, body))
}

/** Bytes behind their length in so many bytes. */
function sized(lengthBytes: number, body: ArrayLike<number>): Uint8Array {
  const { length } = body
  return joined([length >> 16, length >> 8, length].slice(3 - lengthBytes), body)
}
