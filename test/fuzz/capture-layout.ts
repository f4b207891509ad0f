/** A number in a record that a parser trusts: `at` bytes from the record's start. */
export interface Field {
  readonly at: number
  readonly width: 1 | 2 | 4
  readonly littleEndian: boolean
}

export interface RecordLayout {
  readonly start: number
  readonly end: number
  readonly fields: readonly Field[]
}

/** Where the parts of an undamaged capture lie. Without `records` nothing is known of it. */
export interface CaptureLayout {
  readonly format: 'pcap' | 'pcapng' | 'other'
  /** What has to come first: the file header, or the blocks before the first packet. */
  readonly headerEnd: number
  readonly records: readonly RecordLayout[]
}

const MOST_FIELDS = 160
const ETHERNET = 1
const LINK_HEADER_BYTES: Readonly<Record<number, number>> = {
  0: 4,
  12: 0,
  101: 0,
  108: 4,
  113: 16,
  228: 0,
  229: 0,
  276: 20,
}
const VLAN_TYPES = [0x8100, 0x88a8, 0x9100]
const PACKET_BLOCKS: Readonly<Record<number, number>> = { 2: 28, 3: 12, 6: 28 }

/** Finds records and the numbers in their headers, as far as the capture is sound. */
export function layoutOf(bytes: Uint8Array): CaptureLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length >= 24) {
    const magic = view.getUint32(0)
    if (magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1) return pcapLayout(view, true)
    if (magic === 0xa1b2c3d4 || magic === 0xa1b23c4d) return pcapLayout(view, false)
    if (magic === 0x0a0d0d0a) return pcapngLayout(view, view.getUint32(8) === 0x4d3c2b1a)
  }
  return { format: 'other', headerEnd: 0, records: [] }
}

function pcapLayout(view: DataView, littleEndian: boolean): CaptureLayout {
  const linkType = view.getUint32(20, littleEndian) & 0xffff
  const records: RecordLayout[] = []
  for (let start = 24; start + 16 <= view.byteLength; ) {
    const end = start + 16 + view.getUint32(start + 8, littleEndian)
    if (end > view.byteLength) break
    const fields: Field[] = [0, 4, 8, 12].map((at) => ({ at, width: 4, littleEndian }))
    frameFields(view, start, start + 16, end, linkType, fields)
    records.push({ start, end, fields })
    start = end
  }
  return { format: 'pcap', headerEnd: 24, records }
}

function pcapngLayout(view: DataView, littleEndian: boolean): CaptureLayout {
  const records: RecordLayout[] = []
  let headerEnd = 0
  let linkType = ETHERNET
  for (let start = 0; start + 12 <= view.byteLength; ) {
    const type = view.getUint32(start, littleEndian)
    const end = start + view.getUint32(start + 4, littleEndian)
    if (end > view.byteLength || end < start + 12) break
    if (type === 1) linkType = view.getUint16(start + 8, littleEndian)
    const data = PACKET_BLOCKS[type]
    const fields: Field[] = []
    for (let at = 0; start + at + 4 <= Math.min(end, start + 32); at += 4) fields.push({ at, width: 4, littleEndian })
    fields.push({ at: end - start - 4, width: 4, littleEndian })
    if (data === undefined) {
      for (let at = 8; at + 2 <= end - start && fields.length < MOST_FIELDS; at += 2)
        fields.push({ at, width: 2, littleEndian })
    } else {
      frameFields(view, start, start + data, end - 4, linkType, fields)
    }
    if (data === undefined && records.length === 0) headerEnd = end
    else records.push({ start, end, fields })
    start = end
  }
  return { format: 'pcapng', headerEnd, records }
}

/** Adds the numbers of link, IP and transport headers and, one by one, the first bytes behind them. */
function frameFields(
  view: DataView,
  origin: number,
  start: number,
  end: number,
  linkType: number,
  fields: Field[],
): void {
  const add = (at: number, width: 1 | 2 | 4) => {
    if (at + width <= end && fields.length < MOST_FIELDS) fields.push({ at: at - origin, width, littleEndian: false })
  }
  let at = start + (LINK_HEADER_BYTES[linkType] ?? 0)
  if (linkType === ETHERNET) {
    at = start + 12
    while (at + 4 <= end && VLAN_TYPES.includes(view.getUint16(at))) {
      add(at, 2)
      at += 4
    }
    add(at, 2)
    at += 2
  }
  const version = at < end ? view.getUint8(at) >> 4 : 0
  let behind = at
  if (version === 4 && at + 20 <= end) {
    for (const field of [0, 1, 8, 9]) add(at + field, 1)
    for (const field of [2, 4, 6]) add(at + field, 2)
    behind = transportFields(view, at + (view.getUint8(at) & 15) * 4, end, view.getUint8(at + 9), add)
  } else if (version === 6 && at + 40 <= end) {
    add(at + 4, 2)
    add(at + 6, 1)
    behind = transportFields(view, at + 40, end, view.getUint8(at + 6), add)
  }
  for (let i = 0; i < 64; i++) add(behind + i, i % 3 === 2 ? 2 : 1)
}

function transportFields(
  view: DataView,
  at: number,
  end: number,
  protocol: number,
  add: (at: number, width: 1 | 2 | 4) => void,
): number {
  if (protocol === 6 && at + 20 <= end) {
    for (const field of [0, 2, 14]) add(at + field, 2)
    for (const field of [4, 8]) add(at + field, 4)
    for (const field of [12, 13]) add(at + field, 1)
    const behind = at + (view.getUint8(at + 12) >> 4) * 4
    for (let option = at + 20; option < behind; option++) add(option, 1)
    return behind
  }
  if (protocol === 17 && at + 8 <= end) {
    for (const field of [0, 2, 4]) add(at + field, 2)
    return at + 8
  }
  return at
}
