/** Versions by number (RFC 9000 §15, RFC 9369 §3.1 and what Google and Facebook used while drafts were written). */
export const QuicVersion = Object.freeze({
  negotiation: 0x00000000,
  v1: 0x00000001,
  v2: 0x6b3343cf,
  q046: 0x51303436,
  q050: 0x51303530,
  t050: 0x54303530,
  t051: 0x54303531,
})

const FIRST_KNOWN_DRAFT = 11

/** Draft that Facebook's mvfst versions follow. */
const mvfstDrafts = new Map<number, number>([
  [0xfaceb001, 22],
  [0xfaceb002, 27],
  [0xfaceb00e, 27],
])

/**
 * True for versions by which tshark 4.0 recognises IETF QUIC: 1, 2, drafts from 11, mvfst, Q050, T050, T051 and the reserved ones
 * that provoke version negotiation (RFC 9000 §15). Q043 and Q046 are Google's older protocol, which it calls gquic.
 */
export function isKnownQuicVersion(version: number): boolean {
  if (version === QuicVersion.v1 || version === QuicVersion.v2) return true
  if (version === QuicVersion.q050 || version === QuicVersion.t050 || version === QuicVersion.t051) return true
  return draftOf(version) >= FIRST_KNOWN_DRAFT || isReserved(version)
}

/** True for 0x?a?a?a?a, which no one speaks. */
function isReserved(version: number): boolean {
  return (version & 0x0f0f0f0f) === 0x0a0a0a0a
}

function draftOf(version: number): number {
  if (version >>> 8 === 0xff0000) return version & 0xff
  return mvfstDrafts.get(version) ?? 0
}

/** What Initial keys are derived with: the salt in hex and the prefix of the labels. */
export interface InitialSecrets {
  salt: string
  labelPrefix: 'quic' | 'quicv2'
}

const v1Salt = '38762cf7f55934b34d179ae6a4c80cadccbb7f0a'

/** The salt of a version (RFC 9001 §5.2, RFC 9369 §3.3.1 and the drafts 22 to 34); null when its Initials cannot be opened. */
export function initialSecrets(version: number): InitialSecrets | null {
  if (version === QuicVersion.v2) return { salt: '0dede3def700a6db819381be6e269dcbf9bd2ed9', labelPrefix: 'quicv2' }
  const salt = version === QuicVersion.v1 || isReserved(version) ? v1Salt : draftSalt(draftOf(version))
  return salt === null ? null : { salt, labelPrefix: 'quic' }
}

function draftSalt(draft: number): string | null {
  if (draft >= 33 && draft <= 34) return v1Salt
  if (draft >= 29) return draft > 34 ? null : 'afbfec289993d24c9e9786f19c6111e04390a899'
  if (draft >= 23) return 'c3eef712c72ebb5a11a7d2432bb46365bef9f502'
  return draft === 22 ? '7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a' : null
}
