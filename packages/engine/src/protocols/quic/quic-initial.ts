import { ecb, gcm } from '@noble/ciphers/aes.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { copyBytes } from '../tls/copy-bytes.ts'
import { initialSecrets } from './quic-version.ts'

/** Bytes of ciphertext that header protection is computed from, 4 behind the start of the packet number (RFC 9001 §5.4.2). */
const SAMPLE_LENGTH = 16
const SAMPLE_OFFSET = 4

/** The keys of one direction's Initial packets. Anyone who sees the first packet can derive them (RFC 9001 §5.2). */
export interface InitialKeys {
  key: Uint8Array
  iv: Uint8Array
  headerProtection: Uint8Array
}

/**
 * Keys of the Initial packets a client or server sends, from the destination connection id of the client's first one.
 * @returns null for versions whose salt is not known.
 */
export function deriveInitialKeys(
  version: number,
  destinationId: Uint8Array,
  sender: 'client' | 'server',
): InitialKeys | null {
  const secrets = initialSecrets(version)
  if (secrets === null) return null
  const initial = extract(sha256, destinationId, hexToBytes(secrets.salt))
  const secret = expandLabel(initial, `${sender} in`, 32)
  return {
    key: expandLabel(secret, `${secrets.labelPrefix} key`, 16),
    iv: expandLabel(secret, `${secrets.labelPrefix} iv`, 12),
    headerProtection: expandLabel(secret, `${secrets.labelPrefix} hp`, 16),
  }
}

/** True when the packet is long enough for header protection to be removed. */
export function hasSample(packetNumberStart: number, packetEnd: number): boolean {
  return packetNumberStart >= 0 && packetEnd - packetNumberStart >= SAMPLE_OFFSET + SAMPLE_LENGTH
}

/**
 * Removes header protection and decrypts one Initial packet (RFC 9001 §5.3, §5.4); `bytes` stay as they are.
 * Initial packet numbers are small, so the truncated number is taken for the whole one.
 * @returns the frames inside, or null when the keys do not fit.
 */
export function openInitial(
  keys: InitialKeys,
  bytes: Uint8Array,
  start: number,
  packetNumberStart: number,
  packetEnd: number,
): Uint8Array | null {
  if (!hasSample(packetNumberStart, packetEnd)) return null
  const sampleStart = packetNumberStart + SAMPLE_OFFSET
  const sample = copyBytes(bytes, sampleStart, sampleStart + SAMPLE_LENGTH)
  const mask = ecb(keys.headerProtection, { disablePadding: true }).encrypt(sample)
  const first = bytes[start] ^ (mask[0] & 0x0f)
  const numberLength = (first & 3) + 1
  const payloadStart = packetNumberStart + numberLength
  const header = copyBytes(bytes, start, payloadStart)
  header[0] = first
  const nonce = new Uint8Array(keys.iv)
  for (let i = 0; i < numberLength; i++) {
    const octet = bytes[packetNumberStart + i] ^ mask[1 + i]
    header[packetNumberStart - start + i] = octet
    nonce[nonce.length - numberLength + i] ^= octet
  }
  try {
    return gcm(keys.key, nonce, header).decrypt(copyBytes(bytes, payloadStart, packetEnd))
  } catch {
    // The only way the cipher says that the tag does not fit: other keys, or a packet that is cut or damaged.
    return null
  }
}

/** HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446 §7.1). */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const full = utf8ToBytes(`tls13 ${label}`)
  const info = concatBytes(Uint8Array.of(0, length, full.length), full, Uint8Array.of(0))
  return expand(sha256, secret, info, length)
}
