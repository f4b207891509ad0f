import type { Packet } from '../packet.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'
import { displayText } from './display-text.ts'
import type { DhcpMessage, ProtocolListener } from './messages.ts'

const FIXED_BYTES = 236
const MAC_BYTES = 6
const REQUEST = 1
/** Bytes without which tshark shows nothing: of requests those up to and with the client's MAC address, of replies its type and length. */
const READABLE_REQUEST_BYTES = 34
const READABLE_REPLY_BYTES = 3
/** What ends with the transaction, the address that is given, and the client's MAC address. */
const TRANSACTION_END = 8
const YOUR_ADDRESS_END = 20
const MAC_END = 34
/** A BOOTP message is no longer (RFC 951 §3); tshark looks for options in longer ones before anything else. */
const MOST_BOOTP_BYTES = 300
const COOKIE = [0x63, 0x82, 0x53, 0x63] as const
const PAD = 0
const END = 255
const HOST_NAME = 12
const REQUESTED_ADDRESS = 50
const LEASE_TIME = 51
const OVERLOAD = 52
const MESSAGE_TYPE = 53
const SERVER_ADDRESS = 54
/** Where options may go on when option 52 says so: the fields `file` (1) and `sname` (2), RFC 2132 §9.3. */
const FILE = [108, 236] as const
const SERVER_NAME = [44, 108] as const

/** Marks a datagram of a DHCP or BOOTP port and tells its message (RFC 2131 §2), if enough of it is there. */
export function readDhcp(
  listener: ProtocolListener,
  packet: Packet,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const captured = end - start
  if (captured < (bytes[start] === REQUEST ? READABLE_REQUEST_BYTES : READABLE_REPLY_BYTES)) return
  markProtocol(packet, Protocol.dhcp)
  if (captured < TRANSACTION_END) return
  const isEthernet = bytes[start + 1] === 1 && bytes[start + 2] === MAC_BYTES
  const message: MutableMessage = {
    frame: packet.number,
    timeNs: packet.timeNs,
    operation: bytes[start]!,
    transactionId: readUint32(bytes, start + 4),
    messageType: null,
    isCut: false,
    clientMac: isEthernet && captured >= MAC_END ? macText(bytes, start + 28) : null,
    yourAddress: captured >= YOUR_ADDRESS_END ? addressText(bytes, start + 16) : null,
    requestedAddress: null,
    serverAddress: null,
    leaseSeconds: null,
    hostName: null,
  }
  const optionsStart = start + FIXED_BYTES
  const isWhole = end >= packet.reportedEnd
  if (end - optionsStart < 4) {
    message.isCut = !isWhole && packet.reportedEnd - start > MOST_BOOTP_BYTES
  } else if (COOKIE.every((byte, i) => bytes[optionsStart + i] === byte)) {
    const { overload, isEnded } = readOptions(message, bytes, optionsStart + 4, end)
    message.isCut = !isWhole && !isEnded
    if ((overload & 1) !== 0) readOptions(message, bytes, start + FILE[0], start + FILE[1])
    if ((overload & 2) !== 0) readOptions(message, bytes, start + SERVER_NAME[0], start + SERVER_NAME[1])
  }
  listener.dhcp(message)
}

type MutableMessage = { -readonly [Key in keyof DhcpMessage]: DhcpMessage[Key] }

/** Takes the options in `bytes[start…end)`, the first of a kind counts; returns the value of the overload option, or 0, and if they ended. */
function readOptions(
  message: MutableMessage,
  bytes: Uint8Array,
  start: number,
  end: number,
): { overload: number; isEnded: boolean } {
  let overload = 0
  let at = start
  while (at < end) {
    const code = bytes[at]!
    if (code === END) return { overload, isEnded: true }
    if (code === PAD) {
      at += 1
      continue
    }
    if (at + 2 > end) break
    const valueStart = at + 2
    const valueEnd = valueStart + bytes[at + 1]!
    if (valueEnd > end) break
    if (code === OVERLOAD && valueEnd > valueStart) overload = bytes[valueStart]!
    else readOption(message, code, bytes, valueStart, valueEnd)
    at = valueEnd
  }
  return { overload, isEnded: false }
}

function readOption(message: MutableMessage, code: number, bytes: Uint8Array, start: number, end: number): void {
  const length = end - start
  if (code === MESSAGE_TYPE && length >= 1) message.messageType ??= bytes[start]!
  else if (code === REQUESTED_ADDRESS && length >= 4) message.requestedAddress ??= addressText(bytes, start)
  else if (code === SERVER_ADDRESS && length >= 4) message.serverAddress ??= addressText(bytes, start)
  else if (code === LEASE_TIME && length >= 4) message.leaseSeconds ??= readUint32(bytes, start)
  else if (code === HOST_NAME) message.hostName ??= displayText(bytes, start, end)
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function addressText(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
}

function macText(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + MAC_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(':')
}
