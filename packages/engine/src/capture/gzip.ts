import { ByteWindow } from './byte-window.ts'
import type { Decompressor, OnData } from './compression.ts'
import { crc32 } from './crc32.ts'
import { INFLATE_PADDING, Inflater } from './inflate.ts'

const HEADER_LENGTH = 10
const TRAILER_LENGTH = 8
/** Headers hold a name and a comment of any length; longer ones are no headers. */
const MAX_HEADER_LENGTH = 1 << 20

const FLAG_HEADER_CHECKSUM = 2
const FLAG_EXTRA = 4
const FLAG_NAME = 8
const FLAG_COMMENT = 16

/** gzip (RFC 1952) with any number of members, whose checksums are verified; what follows the last one is counted and ignored. */
export class GzipDecompressor implements Decompressor {
  problem: string | null = null
  endedEarly = false
  trailingBytes = 0
  /** Deflate yields at most 1032 times its size. */
  readonly sliceLength = 16 << 10
  #input = new ByteWindow(64 << 10)
  #inflater: Inflater
  #state: 'header' | 'body' | 'trailer' | 'rest' = 'header'
  #members = 0
  #crc = 0
  /** Bytes of the member so far, modulo 2^32. */
  #length = 0

  constructor(onData: OnData) {
    this.#inflater = new Inflater((bytes) => {
      this.#crc = crc32(bytes, this.#crc)
      this.#length = (this.#length + bytes.length) >>> 0
      onData(bytes)
    })
  }

  push(chunk: Uint8Array, last: boolean): void {
    if (this.problem !== null) return
    const input = this.#input
    input.append(chunk)
    if (last) {
      input.reserve(INFLATE_PADDING)
      input.bytes.fill(0, input.end, input.end + INFLATE_PADDING)
    }
    while (this.problem === null && this.#step(input, last));
    if (last && this.problem === null) this.#finish(input)
  }

  /** Reads one header, body or trailer, or as much of a body as there is; false when more bytes are needed. */
  #step(input: ByteWindow, last: boolean): boolean {
    switch (this.#state) {
      case 'header':
        return this.#readHeader(input)
      case 'body':
        return this.#readBody(input, last)
      case 'trailer':
        return this.#readTrailer(input)
      case 'rest':
        this.trailingBytes += input.available
        input.start = input.end
        return false
    }
  }

  #readHeader(input: ByteWindow): boolean {
    const length = headerLength(input)
    if (length === null) return false
    if (length === 0) {
      if (this.#members === 0) return this.#stop('the gzip data are damaged: their header is wrong')
      this.#state = 'rest'
      return true
    }
    input.start += length
    this.#inflater.begin()
    this.#crc = 0
    this.#length = 0
    this.#state = 'body'
    return true
  }

  #readBody(input: ByteWindow, last: boolean): boolean {
    const result = this.#inflater.run(input, input.end, last)
    if (result === 'more') return false
    if (result === 'early') return this.#endEarly()
    if (result === 'damaged') return this.#stop('the gzip data are damaged: they are no deflate stream')
    this.#state = 'trailer'
    return true
  }

  #readTrailer(input: ByteWindow): boolean {
    if (input.available < TRAILER_LENGTH) return false
    const { view, start } = input
    if (view.getUint32(start, true) !== this.#crc || view.getUint32(start + 4, true) !== this.#length) {
      return this.#stop('the gzip data are damaged: the checksum of a member is wrong')
    }
    input.start += TRAILER_LENGTH
    this.#members++
    this.#state = 'header'
    return true
  }

  #finish(input: ByteWindow): void {
    if (this.#state === 'rest') return
    const isBetweenMembers = this.#state === 'header' && this.#members > 0
    if (isBetweenMembers && (input.available === 0 || input.bytes[input.start] !== 0x1f)) {
      this.trailingBytes = input.available
    } else {
      this.#endEarly()
    }
  }

  #endEarly(): false {
    this.endedEarly = true
    return this.#stop('the gzip data end too early')
  }

  #stop(problem: string): false {
    this.problem = problem
    return false
  }
}

/** Bytes of the member header at the front (RFC 1952 §2.3); 0 when there is none, null when it is not loaded whole. */
function headerLength(input: ByteWindow): number | null {
  const { bytes, start, end } = input
  const magic = [0x1f, 0x8b, 8]
  for (let i = 0; i < 3 && start + i < end; i++) {
    if (bytes[start + i] !== magic[i]) return 0
  }
  if (input.available < HEADER_LENGTH) return null
  const flags = bytes[start + 3]
  let at = start + HEADER_LENGTH
  if ((flags & FLAG_EXTRA) !== 0) {
    if (at + 2 > end) return null
    at += 2 + input.view.getUint16(at, true)
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue
    while (at < end && bytes[at] !== 0) at++
    at++
  }
  if ((flags & FLAG_HEADER_CHECKSUM) !== 0) at += 2
  if (at <= end) return at - start
  return input.available > MAX_HEADER_LENGTH ? 0 : null
}
