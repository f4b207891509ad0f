// Datagrams between ports that no protocol owns: the host guesses by content what they are, so it need only see what may be QUIC or DNS.

const SHORTEST_QUIC: i32 = 13
const LONG_HEADER = 0x80
const DNS_HEADER_BYTES: i32 = 12
const DNS_RESPONSE = 0x8000
const DNS_OPCODE = 0x7800

/** The host knows connection ids, by which packets with a short header are recognised. */
let knowsQuicIds: bool = false

export function noteQuicIds(): void {
  knowsQuicIds = true
}

/** False for a payload that the host would take for nothing; at least what it would take for something is true. */
export function mayBeGuessed(payload: usize, captured: i32): bool {
  return mayBeQuic(payload, captured) || looksLikeDns(payload, captured)
}

/** A long header of a version that may be known (src/protocols/quic/quic-version.ts says which are), or a short header once ids are known. */
function mayBeQuic(payload: usize, captured: i32): bool {
  if (captured < SHORTEST_QUIC) return false
  if ((load<u8>(payload) & LONG_HEADER) === 0) return knowsQuicIds
  const version = bswap<u32>(load<u32>(payload, 1))
  if (version === 1 || version === 0x6b3343cf || version >>> 8 === 0xff0000) return true
  // those that provoke a negotiation, Facebook's, and Google's Q0.. and T0..
  if ((version & 0x0f0f0f0f) === 0x0a0a0a0a || version >>> 16 === 0xface) return true
  return version >>> 16 === 0x5130 || version >>> 16 === 0x5430
}

/** The rule of src/protocols/dns-heuristic.ts. */
function looksLikeDns(payload: usize, captured: i32): bool {
  if (captured <= DNS_HEADER_BYTES) return false
  const flags = u16At(payload + 2)
  if ((flags & DNS_OPCODE) !== 0) return false
  const questions = u16At(payload + 4)
  const answers = u16At(payload + 6)
  const authorities = u16At(payload + 8)
  if (u16At(payload + 10) > 10) return false
  if ((flags & DNS_RESPONSE) === 0) return questions === 1 && answers === 0 && authorities === 0
  return questions <= 1 && answers <= 100 && authorities <= 10
}

@inline
function u16At(at: usize): i32 {
  return <i32>bswap<u16>(load<u16>(at))
}
