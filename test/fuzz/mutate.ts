import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Field, RecordLayout } from './capture-layout.ts'
import { lz4Frame } from './lz4-writer.ts'
import type { Random } from './random.ts'
import type { Seed } from './seeds.ts'

/** Records beyond these bytes are left out of most mutants, so that many small inputs are tried instead of few large ones. */
const USUAL_BYTES = 12 << 10
const ROOM = 1 << 20
const MOST_CHANGES = 8
const MOST_COPIES = 40
const INTERESTING = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 19, 20, 27, 28, 31, 32, 39, 40, 63, 64, 127, 128, 192, 254, 255, 256, 1023, 1024,
  1500, 4096, 32767, 32768, 65534, 65535, 65536, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
]

/** One record in a mutant that is being put together. */
interface Piece {
  readonly seed: Seed
  readonly record: RecordLayout
  at: number
}

/** Makes damaged captures out of sound ones. What {@link Mutator.make} returns is valid until the next call. */
export class Mutator {
  private readonly bytes = new Uint8Array(ROOM)
  private readonly view = new DataView(this.bytes.buffer)
  private length = 0
  private readonly seeds: readonly Seed[]

  constructor(seeds: readonly Seed[]) {
    this.seeds = seeds
  }

  /** The mutant that these random numbers choose. */
  make(random: Random): Uint8Array {
    const seed = this.chooseSeed(random)
    const pieces = this.assemble(seed, random)
    const changes = 1 + random.below(MOST_CHANGES)
    for (let i = 0; i < changes; i++) this.change(pieces, random)
    if (random.chance(0.1)) this.length = random.below(this.length)
    if (random.chance(0.08)) this.wrap(random)
    return this.bytes.subarray(0, this.length)
  }

  private chooseSeed(random: Random): Seed {
    const a = random.of(this.seeds)
    const b = random.of(this.seeds)
    return a.bytes.length < b.bytes.length || random.chance(0.2) ? a : b
  }

  // --- records

  private assemble(seed: Seed, random: Random): Piece[] {
    const { layout } = seed
    if (layout.records.length === 0 || random.chance(0.05)) {
      this.length = 0
      this.append(seed.bytes)
      if (random.chance(0.3)) this.spliceBytes(random)
      return []
    }
    const pieces = chooseRecords(seed, random).map((record) => ({ seed, record, at: 0 }))
    if (random.chance(0.35)) this.reorder(pieces, seed, random)
    this.length = 0
    this.append(seed.bytes.subarray(0, layout.headerEnd))
    for (const piece of pieces) {
      piece.at = this.length
      this.append(piece.seed.bytes.subarray(piece.record.start, piece.record.end))
    }
    return pieces.filter((piece) => piece.at + (piece.record.end - piece.record.start) <= this.length)
  }

  private reorder(pieces: Piece[], seed: Seed, random: Random): void {
    const i = random.below(pieces.length)
    const j = random.below(pieces.length)
    switch (random.below(5)) {
      case 0: {
        const copies = random.chance(0.2) ? 1 + random.below(MOST_COPIES) : 1
        pieces.splice(j, 0, ...Array.from({ length: copies }, () => ({ ...pieces[i] })))
        return
      }
      case 1:
        ;[pieces[i], pieces[j]] = [pieces[j], pieces[i]]
        return
      case 2:
        pieces.splice(i, 1 + random.below(3))
        return
      case 3:
        for (let n = 0; n < 10; n++) {
          const a = random.below(pieces.length)
          const b = random.below(pieces.length)
          ;[pieces[a], pieces[b]] = [pieces[b], pieces[a]]
        }
        return
      default: {
        const other = this.chooseSeed(random)
        if (other.layout.format !== seed.layout.format || other.layout.records.length === 0) return
        pieces.splice(
          i,
          random.below(4),
          ...chooseRecords(other, random).map((record) => ({ seed: other, record, at: 0 })),
        )
      }
    }
  }

  // --- bytes

  private change(pieces: readonly Piece[], random: Random): void {
    if (pieces.length > 0 && random.chance(0.7)) {
      const piece = random.of(pieces)
      this.lie(piece.at, random.of(piece.record.fields), random)
      return
    }
    this.changeBytes(random)
  }

  /** Replaces a number that a parser trusts. */
  private lie(at: number, field: Field, random: Random): void {
    const offset = at + field.at
    if (offset + field.width > this.length) return
    const { littleEndian, width } = field
    const old =
      width === 4
        ? this.view.getUint32(offset, littleEndian)
        : width === 2
          ? this.view.getUint16(offset, littleEndian)
          : this.bytes[offset]
    const value = otherValue(old, random)
    if (width === 4) this.view.setUint32(offset, value, littleEndian)
    else if (width === 2) this.view.setUint16(offset, value, littleEndian)
    else this.bytes[offset] = value
  }

  private changeBytes(random: Random): void {
    const { bytes, length } = this
    if (length === 0) return
    const at = random.below(length)
    const size = Math.min(length - at, 1 + random.below(16))
    switch (random.below(7)) {
      case 0:
        for (let i = 0; i < size; i++) bytes[random.below(length)] ^= 1 << random.below(8)
        return
      case 1:
        bytes[at] = random.next()
        return
      case 2:
        bytes[at] = random.of(INTERESTING)
        return
      case 3:
        bytes.fill(random.of([0, 0xff, 0x41]), at, at + size)
        return
      case 4:
        for (let i = 0; i < size; i++) bytes[at + i] = random.next()
        return
      case 5:
        bytes.copyWithin(random.below(length - size), at, at + size)
        return
      default:
        this.shift(at, random.chance(0.5) ? size : -size)
    }
  }

  /** Inserts bytes, the same that follow, or deletes some. */
  private shift(at: number, by: number): void {
    if (this.length + by > ROOM) return
    this.bytes.copyWithin(Math.max(at, at + by), Math.max(at, at - by), this.length)
    this.length += by
  }

  private spliceBytes(random: Random): void {
    const other = this.chooseSeed(random).bytes
    this.length = random.below(this.length)
    this.append(other.subarray(random.below(other.length)))
  }

  /** Compresses what there is and damages that. */
  private wrap(random: Random): void {
    const compress = random.of([gzipSync, gzipStored, zstdCompressSync, lz4Frame])
    const plain = this.bytes.slice(0, Math.min(this.length, USUAL_BYTES * 2))
    const packed = compress(plain)
    this.length = 0
    this.append(packed)
    if (random.chance(0.1)) this.append(packed)
    if (random.chance(0.1)) this.wrap(random)
    const changes = random.below(4)
    for (let i = 0; i < changes; i++) {
      if (random.chance(0.4)) this.bytes[random.below(Math.min(this.length, 32))] = random.next()
      else this.changeBytes(random)
    }
    if (random.chance(0.2)) this.length = random.below(this.length)
  }

  private append(bytes: Uint8Array): void {
    if (this.length + bytes.length > ROOM) return
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }
}

function chooseRecords(seed: Seed, random: Random): RecordLayout[] {
  const { records } = seed.layout
  if (random.chance(0.05)) return [...records]
  const from = random.chance(0.5) ? 0 : random.below(records.length)
  let to = from
  while (to < records.length && records[to].end - records[from].start <= USUAL_BYTES) to++
  return records.slice(from, Math.max(to, from + 1))
}

function otherValue(old: number, random: Random): number {
  switch (random.below(6)) {
    case 0:
      return old + 1 + random.below(4)
    case 1:
      return old - 1 - random.below(4)
    case 2:
      return old ^ (1 << random.below(32))
    case 3:
      return random.next()
    default:
      return random.of(INTERESTING)
  }
}

function gzipStored(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 0 })
}
