/** Version numbers as they stand in records, hellos and the supported_versions extension. */
export const TlsVersion = Object.freeze({
  ssl2: 0x0002,
  ssl3: 0x0300,
  tls10: 0x0301,
  tls11: 0x0302,
  tls12: 0x0303,
  tls13: 0x0304,
  /** TLCP, the Chinese national variant (GB/T 38636), which tshark reads as TLS too. */
  tlcp: 0x0101,
})

const names = new Map<number, string>([
  [TlsVersion.ssl2, 'SSL 2.0'],
  [TlsVersion.ssl3, 'SSL 3.0'],
  [TlsVersion.tls10, 'TLS 1.0'],
  [TlsVersion.tls11, 'TLS 1.1'],
  [TlsVersion.tls12, 'TLS 1.2'],
  [TlsVersion.tls13, 'TLS 1.3'],
  [TlsVersion.tlcp, 'TLCP'],
])

/** Name of a version for people, e.g. `TLS 1.2`; `TLS 1.3 draft 18` for 0x7f12; the number in hex when nothing else is known. */
export function tlsVersionName(version: number): string {
  if (isTls13Draft(version)) return `TLS 1.3 draft ${version & 0xff}`
  return names.get(version) ?? `0x${version.toString(16).padStart(4, '0')}`
}

/** True when handshake records stay readable after ChangeCipherSpec, because it only placates middleboxes (RFC 8446 §D.4). */
export function isTls13(version: number): boolean {
  return version === TlsVersion.tls13 || isTls13Draft(version)
}

function isTls13Draft(version: number): boolean {
  return version >>> 8 === 0x7f
}
