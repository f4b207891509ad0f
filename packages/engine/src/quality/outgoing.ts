import type { Packet } from '../packet.ts'

const LINKTYPE_LINUX_SLL = 113
const LINKTYPE_LINUX_SLL2 = 276
const SLL_PACKET_TYPE_AT = 1
const SLL2_PACKET_TYPE_AT = 10
/** PACKET_OUTGOING of Linux. */
const SENT_BY_US = 4

/** True when the frame says that the capturing host sent it: Linux cooked capture does; elsewhere it is not known. */
export function isOutgoing({ linkType, bytes, start, end }: Packet): boolean {
  if (linkType === LINKTYPE_LINUX_SLL)
    return start + SLL_PACKET_TYPE_AT < end && bytes[start + SLL_PACKET_TYPE_AT] === SENT_BY_US
  if (linkType !== LINKTYPE_LINUX_SLL2 || start + SLL2_PACKET_TYPE_AT >= end) return false
  return bytes[start + SLL2_PACKET_TYPE_AT] === SENT_BY_US
}
