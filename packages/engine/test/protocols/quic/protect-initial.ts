import { createCipheriv } from 'node:crypto'
import { deriveInitialKeys } from '../../../src/protocols/quic/quic-initial.ts'

/** Destination connection id of both RFCs' examples. */
export const rfcDestinationId = Buffer.from('8394c8f03e515708', 'hex')

/** The CRYPTO frame with a ClientHello of RFC 9001 appendix A.2. */
export const clientCryptoFrame = Buffer.from(
  '060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c000004130113' +
    '02010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018001000070005' +
    '04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce1' +
    '5d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c0002400100' +
    '3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000' +
    '75300901100f088394c8f03e51570806048000ffff',
  'hex',
)

/** Encrypts a client Initial with Node's ciphers; the header ends with a packet number of four bytes. */
export function protectInitial(version: number, destinationId: Uint8Array, header: Buffer, payload: Buffer): Buffer {
  const keys = deriveInitialKeys(version, destinationId, 'client')!
  const nonce = Buffer.from(keys.iv)
  for (let i = 1; i <= 4; i++) nonce[nonce.length - i] ^= header[header.length - i]
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce)
  cipher.setAAD(header)
  const packet = Buffer.concat([header, cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const numberStart = header.length - 4
  const block = createCipheriv('aes-128-ecb', keys.headerProtection, null)
  const mask = block.update(packet.subarray(numberStart + 4, numberStart + 20))
  packet[0] ^= mask[0] & 0x0f
  for (let i = 0; i < 4; i++) packet[numberStart + i] ^= mask[1 + i]
  return packet
}

/** A client Initial datagram with these frames, padded to 1200 bytes. */
export function initialDatagram(
  version: number,
  destinationId: Uint8Array,
  sourceId: Uint8Array,
  packetNumber: number,
  frames: Uint8Array,
): Buffer {
  const type = version === 0x6b3343cf ? 0xd3 : 0xc3
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeUInt32BE(version, 1)
  const tail = Buffer.alloc(7)
  const payloadLength = 1200 - (head.length + 2 + destinationId.length + sourceId.length + tail.length) - 16
  tail.writeUInt16BE(0x4000 | (payloadLength + 4 + 16), 1)
  tail.writeUInt32BE(packetNumber, 3)
  const ids = [Uint8Array.of(destinationId.length), destinationId, Uint8Array.of(sourceId.length), sourceId]
  const payload = Buffer.alloc(payloadLength)
  payload.set(frames)
  return protectInitial(version, destinationId, Buffer.concat([head, ...ids, tail]), payload)
}

/** A CRYPTO frame. */
export function cryptoFrame(offset: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head[0] = 6
  head.writeUInt16BE(0x4000 | offset, 1)
  head.writeUInt16BE(0x4000 | data.length, 3)
  return Buffer.concat([head, data])
}
