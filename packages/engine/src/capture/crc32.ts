const tables = makeTables()

/** The CRC-32 of `previous` bytes and then these (RFC 1952 §8); start with 0. Unsigned. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const [first, second, third, fourth] = tables
  let crc = ~previous
  let at = 0
  for (const end = bytes.length & ~3; at < end; at += 4) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    crc = fourth[crc & 0xff] ^ third[(crc >>> 8) & 0xff] ^ second[(crc >>> 16) & 0xff] ^ first[crc >>> 24]
  }
  for (; at < bytes.length; at++) crc = first[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}

/** Table k advances the checksum of a byte over k further bytes. */
function makeTables(): Int32Array[] {
  const first = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    first[byte] = crc
  }
  const made = [first]
  for (let k = 1; k < 4; k++) {
    made.push(made[k - 1].map((crc) => first[crc & 0xff] ^ (crc >>> 8)))
  }
  return made
}
