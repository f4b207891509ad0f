import type { ByteWindow } from './byte-window.ts'
import type { CaptureText } from './capture-text.ts'

const RECORD_END = 0
const RECORD_IPV4 = 1
const RECORD_IPV6 = 2

const MAX_ADDRESSES = 65_536
const MAX_NAMES_PER_ADDRESS = 8

/** Reads a Name Resolution Block (pcapng draft §4.5) into `names`; says why it cannot be right, or null. Its options are ignored. */
export function readNames(
  window: ByteWindow,
  start: number,
  end: number,
  littleEndian: boolean,
  text: CaptureText,
  names: Map<string, string[]>,
): string | null {
  let at = start + 8
  const recordsEnd = end - 4
  while (at + 4 <= recordsEnd) {
    const type = window.view.getUint16(at, littleEndian)
    const length = window.view.getUint16(at + 2, littleEndian)
    if (type === RECORD_END) return null
    const value = at + 4
    if (value + length > recordsEnd)
      return `name record of ${length} bytes does not fit into the ${recordsEnd - value} bytes left`
    const addressLength = type === RECORD_IPV4 ? 4 : type === RECORD_IPV6 ? 16 : 0
    if (addressLength > 0 && length > addressLength) {
      const address = type === RECORD_IPV4 ? ipv4Text(window.bytes, value) : ipv6Text(window.view, value)
      keepNames(names, address, text.read(window.bytes, value + addressLength, length - addressLength).split('\0'))
    }
    at = value + ((length + 3) & ~3)
  }
  return null
}

function keepNames(names: Map<string, string[]>, address: string, found: readonly string[]): void {
  let kept = names.get(address)
  if (kept === undefined) {
    if (names.size >= MAX_ADDRESSES) return
    names.set(address, (kept = []))
  }
  for (const name of found) {
    if (name !== '' && kept.length < MAX_NAMES_PER_ADDRESS && !kept.includes(name)) kept.push(name)
  }
}

function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
}

/** As RFC 5952 §4 writes it: the first longest run of two or more zero groups is `::`. */
function ipv6Text(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i).toString(16))
  let longestStart = 0
  let longest = 1
  for (let i = 0, run = 0; i < 8; i++) {
    run = groups[i] === '0' ? run + 1 : 0
    if (run > longest) {
      longest = run
      longestStart = i - run + 1
    }
  }
  if (longest === 1) return groups.join(':')
  return `${groups.slice(0, longestStart).join(':')}::${groups.slice(longestStart + longest).join(':')}`
}
