const PRIME_1 = 0x9e3779b1
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1

/** The xxHash-32 checksum with seed 0 of bytes that come in pieces (xxHash specification §XXH32). */
export class Xxh32 {
  #lanes = new Int32Array([(PRIME_1 + PRIME_2) | 0, PRIME_2 | 0, 0, -PRIME_1 | 0])
  /** The last bytes, too few for a stripe of 16. */
  #rest = new Uint8Array(16)
  #restLength = 0
  #totalLength = 0

  update(bytes: Uint8Array): void {
    this.#totalLength += bytes.length
    let at = 0
    if (this.#restLength > 0) {
      at = Math.min(16 - this.#restLength, bytes.length)
      this.#rest.set(bytes.subarray(0, at), this.#restLength)
      this.#restLength += at
      if (this.#restLength < 16) return
      this.#stripes(this.#rest, 0, 16)
    }
    const whole = at + ((bytes.length - at) & ~15)
    this.#stripes(bytes, at, whole)
    this.#rest.set(bytes.subarray(whole))
    this.#restLength = bytes.length - whole
  }

  /** The checksum of all bytes so far, unsigned. */
  digest(): number {
    const [a, b, c, d] = this.#lanes
    let hash = PRIME_5 | 0
    if (this.#totalLength >= 16) hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
    hash = (hash + this.#totalLength) | 0
    let at = 0
    for (; at + 4 <= this.#restLength; at += 4) {
      hash = Math.imul(rotate((hash + Math.imul(word(this.#rest, at), PRIME_3)) | 0, 17), PRIME_4)
    }
    for (; at < this.#restLength; at++) {
      hash = Math.imul(rotate((hash + Math.imul(this.#rest[at], PRIME_5)) | 0, 11), PRIME_1)
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
    return (hash ^ (hash >>> 16)) >>> 0
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    const lanes = this.#lanes
    let [a, b, c, d] = lanes
    for (let at = start; at < end; at += 16) {
      a = round(a, word(bytes, at))
      b = round(b, word(bytes, at + 4))
      c = round(c, word(bytes, at + 8))
      d = round(d, word(bytes, at + 12))
    }
    lanes[0] = a
    lanes[1] = b
    lanes[2] = c
    lanes[3] = d
  }
}

function round(lane: number, input: number): number {
  return Math.imul(rotate((lane + Math.imul(input, PRIME_2)) | 0, 13), PRIME_1)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}
