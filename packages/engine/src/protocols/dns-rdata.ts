import { readDnsName } from './dns-name.ts'

/** Types whose data is a fixed number of bytes, optionally followed by names: type → [bytes before, names, bytes after]. */
const FIXED_AND_NAMES = new Map<number, readonly [number, number, number]>([
  [1, [4, 0, 0]], // A
  [2, [0, 1, 0]], // NS
  [3, [0, 1, 0]], // MD
  [4, [0, 1, 0]], // MF
  [5, [0, 1, 0]], // CNAME
  [6, [0, 2, 20]], // SOA
  [7, [0, 1, 0]], // MB
  [8, [0, 1, 0]], // MG
  [9, [0, 1, 0]], // MR
  [11, [5, 0, 0]], // WKS
  [12, [0, 1, 0]], // PTR
  [14, [0, 2, 0]], // MINFO
  [15, [2, 1, 0]], // MX
  [17, [0, 2, 0]], // RP
  [18, [2, 1, 0]], // AFSDB
  [21, [2, 1, 0]], // RT
  [23, [0, 1, 0]], // NSAP-PTR
  [24, [18, 1, 0]], // SIG
  [25, [4, 0, 0]], // KEY
  [26, [2, 2, 0]], // PX
  [28, [16, 0, 0]], // AAAA
  [30, [0, 1, 0]], // NXT
  [33, [6, 1, 0]], // SRV
  [36, [2, 1, 0]], // KX
  [37, [5, 0, 0]], // CERT
  [39, [0, 1, 0]], // DNAME
  [43, [4, 0, 0]], // DS
  [46, [18, 1, 0]], // RRSIG
  [47, [0, 1, 0]], // NSEC
  [48, [4, 0, 0]], // DNSKEY
])

const TXT = 16
const HINFO = 13
const OPT = 41
const A6 = 38
const SVCB = 64
const HTTPS = 65
const SPF = 99

/**
 * Whether a record's data can be read without leaving the message. The record's length must fit; beyond that the reader, like
 * tshark, follows the type's own shape and not the length, so data that is too short matters only where the shape runs past `end`.
 */
export function isRdataReadable(
  bytes: Uint8Array,
  type: number,
  start: number,
  length: number,
  end: number,
  messageStart: number,
): boolean {
  if (start + length > end) return false
  if (length === 0) return true
  const shape = FIXED_AND_NAMES.get(type)
  if (shape !== undefined) {
    let at = start + shape[0]
    if (at > end) return false
    for (let names = shape[1]; names > 0; names--) {
      at = readDnsName(bytes, at, end, messageStart)
      if (at < 0) return false
    }
    return at + shape[2] <= end
  }
  if (type === TXT || type === SPF) return areStringsReadable(bytes, start, length, end)
  if (type === HINFO) return isHostInfoReadable(bytes, start, end)
  if (type === A6) return isPrefixedAddressReadable(bytes, start, end, messageStart)
  if (type === OPT) return areOptionsReadable(bytes, start, start + length, end)
  if (type === SVCB || type === HTTPS) return isServiceReadable(bytes, start, start + length, end, messageStart)
  return true
}

/** Character strings that fill the data exactly (RFC 1035 §3.3.14). */
function areStringsReadable(bytes: Uint8Array, start: number, length: number, end: number): boolean {
  let at = start
  while (at < start + length) {
    if (at >= end) return false
    at += 1 + bytes[at]!
    if (at > end) return false
  }
  return at === start + length
}

function isHostInfoReadable(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  for (let i = 0; i < 2; i++) {
    if (at >= end) return false
    at += 1 + bytes[at]!
  }
  return at <= end
}

/** Prefix length, the address bytes it leaves, and a name unless the prefix is empty (RFC 2874 §3.1). */
function isPrefixedAddressReadable(bytes: Uint8Array, start: number, end: number, messageStart: number): boolean {
  const prefix = bytes[start]!
  const nameStart = start + 1 + Math.max(0, 16 - (prefix >> 3))
  if (nameStart > end) return false
  return prefix === 0 || readDnsName(bytes, nameStart, end, messageStart) >= 0
}

/** EDNS options: code, length, data (RFC 6891 §6.1.2). */
function areOptionsReadable(bytes: Uint8Array, start: number, stop: number, end: number): boolean {
  let at = start
  while (at < stop) {
    if (at + 4 > end) return false
    at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (at > end) return false
  }
  return true
}

/** Priority, target name, parameters (RFC 9460 §2.2). */
function isServiceReadable(bytes: Uint8Array, start: number, stop: number, end: number, messageStart: number): boolean {
  if (start + 2 > end) return false
  let at = readDnsName(bytes, start + 2, end, messageStart)
  while (at >= 0 && at < stop) {
    if (at + 4 > end) return false
    at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
    if (at > end) return false
  }
  return at >= 0
}
