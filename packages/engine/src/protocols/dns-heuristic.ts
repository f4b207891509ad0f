const HEADER_BYTES = 12

/**
 * Whether a datagram on a port that nobody owns is taken for DNS: a standard query with one question and no answers, or a response with
 * believable counts (the rule of tshark 4.0).
 */
export function looksLikeDns(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start <= HEADER_BYTES) return false
  const flags = (bytes[start + 2]! << 8) | bytes[start + 3]!
  if ((flags & 0x7800) !== 0) return false
  const questions = (bytes[start + 4]! << 8) | bytes[start + 5]!
  const answers = (bytes[start + 6]! << 8) | bytes[start + 7]!
  const authorities = (bytes[start + 8]! << 8) | bytes[start + 9]!
  const additionals = (bytes[start + 10]! << 8) | bytes[start + 11]!
  if (additionals > 10) return false
  if ((flags & 0x8000) === 0) return questions === 1 && answers === 0 && authorities === 0
  return questions <= 1 && answers <= 100 && authorities <= 10
}
