import { bytesToHex } from '@noble/hashes/utils.js'
import { type AlternativeNames, readAlternativeNames, readCommonName } from './certificate-names.ts'
import { type DerElement, DerTag, isOid, readDer, readDerList, readDerTime } from './der.ts'
import { VectorReader } from './vector-reader.ts'

/** What a certificate says of itself; nothing is verified. Fields that could not be read are null or empty. */
export interface Certificate extends AlternativeNames {
  /** Hex digits, two a byte, as encoded. */
  serial: string
  subjectCommonName: string | null
  issuerCommonName: string | null
  /** Seconds since 1970. */
  notBeforeSeconds: number | null
  /** Seconds since 1970. */
  notAfterSeconds: number | null
}

const MAX_CHAIN = 16
const MAX_EXTENSIONS = 64
const VERSION_TAG = 0xa0
const EXTENSIONS_TAG = 0xa3
const subjectAlternativeNameOid = [0x55, 0x1d, 0x11]

/** The certificates of a Certificate message of TLS 1.2 and before (RFC 5246 §7.4.2), the server's own first, at most 16. */
export function parseCertificateChain(bytes: Uint8Array, start: number, end: number): Certificate[] {
  const list = new VectorReader(bytes, start, end).vector(3)
  const chain: Certificate[] = []
  while (list.remaining > 0 && chain.length < MAX_CHAIN) {
    const der = list.vector(3)
    if (list.hasEnded) break
    const certificate = parseCertificate(bytes, der.position, der.end)
    if (certificate !== null) chain.push(certificate)
  }
  return chain
}

/** Reads one X.509 certificate in DER (RFC 5280 §4.1); null when it is not one. Never throws. */
export function parseCertificate(bytes: Uint8Array, start: number, end: number): Certificate | null {
  const outer = readDer(bytes, start, end)
  if (outer?.tag !== DerTag.sequence) return null
  const signed = readDer(bytes, outer.contentStart, outer.contentEnd)
  if (signed?.tag !== DerTag.sequence) return null
  const fields = readDerList(bytes, signed.contentStart, signed.contentEnd, 10)
  const first = fields[0]?.tag === VERSION_TAG ? 1 : 0
  const [serial, , issuer, validity, subject] = fields.slice(first)
  if (serial?.tag !== DerTag.integer) return null
  const [notBefore, notAfter] = validity === undefined ? [] : children(bytes, validity)
  return {
    serial: bytesToHex(bytes.subarray(serial.contentStart, serial.contentEnd)),
    subjectCommonName: readCommonName(bytes, subject),
    issuerCommonName: readCommonName(bytes, issuer),
    notBeforeSeconds: readDerTime(bytes, notBefore),
    notAfterSeconds: readDerTime(bytes, notAfter),
    ...findAlternativeNames(
      bytes,
      fields.find((field) => field.tag === EXTENSIONS_TAG),
    ),
  }
}

function findAlternativeNames(bytes: Uint8Array, wrapper: DerElement | undefined): AlternativeNames {
  const extensions = wrapper && readDer(bytes, wrapper.contentStart, wrapper.contentEnd)
  if (extensions) {
    for (const extension of children(bytes, extensions)) {
      const parts = children(bytes, extension)
      const value = parts.at(-1)
      if (value && isOid(bytes, parts[0], subjectAlternativeNameOid)) {
        return readAlternativeNames(bytes, value.contentStart, value.contentEnd)
      }
    }
  }
  return { dnsNames: [], ipAddresses: [] }
}

function children(bytes: Uint8Array, element: DerElement): DerElement[] {
  return readDerList(bytes, element.contentStart, element.contentEnd, MAX_EXTENSIONS)
}
