import { allocate } from './memory'

/** Frames and their bytes on the wire. */
@unmanaged
class Count {
  frames: i32
  wireBytes: f64
}

const COUNT_BYTES: usize = 16
/** Names that a frame may have beside those of its headers: none, or one of 64. */
const NAMES: i32 = 65
/** Kinds of headers: IPv4 or IPv6, without or with a tag, TCP or UDP. */
const KINDS: i32 = 8
const VLANS: usize = 4096

let counts: usize = 0
let vlans: usize = 0

export function initFrameCounts(): void {
  counts = allocate(COUNT_BYTES * <usize>(NAMES * KINDS))
  vlans = allocate(VLANS << 2)
}

/** Counts a frame by its protocols; `name` is -1 when no application protocol names it, `vlanId` when it has no tag. */
@inline
export function countFrame(ipVersion: i32, vlanId: i32, isUdp: bool, name: i32, wireBytes: i32): void {
  const kind = (ipVersion === 6 ? 1 : 0) | (vlanId >= 0 ? 2 : 0) | (isUdp ? 4 : 0)
  const count = changetype<Count>(counts + <usize>(kind * NAMES + name + 1) * COUNT_BYTES)
  count.frames++
  count.wireBytes += wireBytes
  if (vlanId < 0) return
  const at = vlans + (<usize>vlanId << 2)
  store<i32>(at, load<i32>(at) + 1)
}

/** Where the counts start: eight kinds of 65 names, (frames, bytes) of 16 bytes each. */
export function countsPointer(): usize {
  return counts
}

/** Where frames by VLAN id start. */
export function vlansPointer(): usize {
  return vlans
}
