import { allocate } from './memory'

/** Takes a piece of a list that is full: `list` is its number, or OUTPUT. The bytes are borrowed. */
@external("host", "takeText")
declare function takeText(list: i32, pointer: usize, length: i32): void

/** Number of the list that is printed at once. */
export const OUTPUT = -1

const PIECE_BYTES = 1 << 15
/** Room for one number with its comma, or for a piece of syntax. */
const MARGIN = 64
const COMMA: u8 = 44
const MINUS: u8 = 45
const DOT: u8 = 46
const ZERO: u8 = 48
const COLON: u8 = 58
const OPEN: u8 = 91
const CLOSE: u8 = 93
const QUOTE: u8 = 34
const SMALL_A: u8 = 97

/** JSON text in a buffer of 32 KiB; full buffers go to the host. */
@unmanaged
export class Text {
  list: i32
  used: i32
  needsComma: bool
  bytes: usize

  beginRow(): void {
    this.separate()
    this.put(OPEN)
    this.needsComma = false
  }

  endRow(): void {
    this.reserve()
    this.put(CLOSE)
    this.needsComma = true
  }

  /** One integer: an element, or an item of the row that was begun. */
  integer(value: i32): void {
    this.separate()
    this.digits(value)
  }

  /** One whole number of any size. */
  double(value: f64): void {
    this.separate()
    if (value < 0) this.put(MINUS)
    this.digits(<u64>abs(value))
  }

  /** A comma, if what stands before needs one. */
  @inline
  separate(): void {
    this.reserve()
    if (this.needsComma) this.put(COMMA)
    this.needsComma = true
  }

  /** The name of a member, which is a number, as text with its colon. */
  key(value: i32): void {
    this.separate()
    this.put(QUOTE)
    this.digits(value)
    this.put(QUOTE)
    this.put(COLON)
    this.needsComma = false
  }

  /** Syntax of a few ASCII characters, which needs no comma before it. */
  syntax(characters: string): void {
    this.reserve()
    for (let i = 0; i < characters.length; i++) this.put(<u8>characters.charCodeAt(i))
  }

  /** An IPv4 or IPv6 address as text in quotes. */
  address(pointer: usize, version: i32): void {
    this.separate()
    this.put(QUOTE)
    if (version === 4) this.ipv4(load<u32>(pointer))
    else this.ipv6(pointer)
    this.put(QUOTE)
  }

  flush(): void {
    if (this.used > 0) takeText(this.list, this.bytes, this.used)
    this.used = 0
  }

  @inline
  put(character: u8): void {
    store<u8>(this.bytes + this.used, character)
    this.used++
  }

  @inline
  private reserve(): void {
    if (this.used > PIECE_BYTES - MARGIN) this.flush()
  }

  private digits(value: u64): void {
    const length = digitCount(value)
    let at = this.bytes + this.used + length
    let rest = value
    while (rest > 0xffffffff) {
      const tenth = rest / 10
      store<u8>(--at, ZERO + <u8>(rest - tenth * 10))
      rest = tenth
    }
    let low = <u32>rest
    do {
      const tenth = low / 10
      store<u8>(--at, ZERO + <u8>(low - tenth * 10))
      low = tenth
    } while (low > 0)
    this.used += length
  }

  private ipv4(word: u32): void {
    this.digits(word >> 24)
    this.put(DOT)
    this.digits((word >> 16) & 255)
    this.put(DOT)
    this.digits((word >> 8) & 255)
    this.put(DOT)
    this.digits(word & 255)
  }

  /** As RFC 5952 §4 writes it: the first of the longest runs of zeros is left out. */
  private ipv6(pointer: usize): void {
    if (load<i32>(pointer) === 0 && load<i32>(pointer, 4) === 0 && load<i32>(pointer, 8) === 0xffff) {
      this.syntax('::ffff:')
      this.ipv4(load<u32>(pointer, 12))
      return
    }
    let start = -1
    let length = 1
    for (let at = 0; at < 8; at++) {
      let end = at
      while (end < 8 && group(pointer, end) === 0) end++
      if (end - at > length) {
        start = at
        length = end - at
      }
    }
    for (let at = 0; at < 8; at++) {
      if (at === start) {
        this.put(COLON)
        if (at + length === 8) this.put(COLON)
        at += length - 1
        continue
      }
      if (at > 0) this.put(COLON)
      this.hexadecimal(group(pointer, at))
    }
  }

  private hexadecimal(value: u32): void {
    for (let shift = value > 0xfff ? 12 : value > 0xff ? 8 : value > 0xf ? 4 : 0; shift >= 0; shift -= 4) {
      const digit = <u8>((value >> shift) & 15)
      this.put(digit < 10 ? ZERO + digit : SMALL_A + digit - 10)
    }
  }
}

export function newText(list: i32): Text {
  const text = changetype<Text>(allocate(offsetof<Text>()))
  text.list = list
  text.bytes = allocate(PIECE_BYTES)
  return text
}

@inline
function group(pointer: usize, at: i32): u32 {
  const word = load<u32>(pointer + (<usize>(at >> 1) << 2))
  return (at & 1) === 0 ? word >> 16 : word & 0xffff
}

function digitCount(value: u64): i32 {
  if (value >= 10_000_000_000_000_000_000) return 20
  let count = 1
  for (let limit: u64 = 10; value >= limit && count < 19; limit *= 10) count++
  return count
}
