import type { CaptureRecord } from './capture-record.ts'
import { concatenate } from './concatenate.ts'
import { SECTION_HEADER_BLOCK } from './pcapng-section.ts'

export interface PcapngInterfaceOptions {
  linkType?: number
  snapLength?: number
  name?: string
  description?: string
  filter?: string
}

export interface PcapngOptions {
  byteOrder?: 'little' | 'big'
  /** The program that writes the file. */
  application?: string
  comment?: string
  /** One Ethernet interface when left out. */
  interfaces?: readonly PcapngInterfaceOptions[]
}

/** Code and value of a block's option; numbers are unsigned bytes. */
export type PcapngOption = readonly [code: number, value: string | number | Uint8Array]

const RESOLUTION_NANOSECONDS = 9
const encoder = new TextEncoder()

/** A pcapng file (draft-ietf-opsawg-pcapng) of one section with these records, in nanoseconds. */
export function writePcapng(records: Iterable<CaptureRecord>, options: PcapngOptions = {}): Uint8Array<ArrayBuffer> {
  const littleEndian = options.byteOrder !== 'big'
  const parts = [pcapngSection(options)]
  for (const each of options.interfaces ?? [{}]) parts.push(pcapngInterface(each, littleEndian))
  for (const record of records) parts.push(pcapngPacket(record, littleEndian))
  return concatenate(parts)
}

/** A Section Header Block of unknown section length. */
export function pcapngSection(options: PcapngOptions = {}): Uint8Array<ArrayBuffer> {
  const littleEndian = options.byteOrder !== 'big'
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, 0x1a2b3c4d, littleEndian)
  view.setUint16(4, 1, littleEndian)
  body.fill(0xff, 8)
  const written: PcapngOption[] = []
  if (options.comment !== undefined) written.push([1, options.comment])
  if (options.application !== undefined) written.push([4, options.application])
  return pcapngBlock(SECTION_HEADER_BLOCK, [body, pcapngOptions(written, littleEndian)], littleEndian)
}

/** An Interface Description Block whose clock ticks in nanoseconds. */
export function pcapngInterface(options: PcapngInterfaceOptions = {}, littleEndian = true): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(8)
  const view = new DataView(body.buffer)
  view.setUint16(0, options.linkType ?? 1, littleEndian)
  view.setUint32(4, options.snapLength ?? 0, littleEndian)
  const written: PcapngOption[] = [[9, RESOLUTION_NANOSECONDS]]
  if (options.name !== undefined) written.push([2, options.name])
  if (options.description !== undefined) written.push([3, options.description])
  if (options.filter !== undefined) written.push([11, `\0${options.filter}`])
  return pcapngBlock(1, [body, pcapngOptions(written, littleEndian)], littleEndian)
}

/** An Enhanced Packet Block for an interface whose clock ticks in nanoseconds. */
export function pcapngPacket(record: CaptureRecord, littleEndian = true): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(20)
  const view = new DataView(body.buffer)
  const ticks = BigInt(record.seconds) * 1_000_000_000n + BigInt(record.nanoseconds)
  view.setUint32(0, record.interfaceIndex ?? 0, littleEndian)
  view.setUint32(4, Number((ticks >> 32n) & 0xffff_ffffn), littleEndian)
  view.setUint32(8, Number(ticks & 0xffff_ffffn), littleEndian)
  view.setUint32(12, record.bytes.length, littleEndian)
  view.setUint32(16, record.wireLength ?? record.bytes.length, littleEndian)
  const written: PcapngOption[] = record.comment === undefined ? [] : [[1, record.comment]]
  return pcapngBlock(6, [body, padded(record.bytes), pcapngOptions(written, littleEndian)], littleEndian)
}

/** Any block: its body is padded to a multiple of four bytes. */
export function pcapngBlock(type: number, body: readonly Uint8Array[], littleEndian = true): Uint8Array<ArrayBuffer> {
  const content = padded(concatenate(body))
  const block = new Uint8Array(content.length + 12)
  const view = new DataView(block.buffer)
  view.setUint32(0, type, littleEndian)
  view.setUint32(4, block.length, littleEndian)
  block.set(content, 8)
  view.setUint32(block.length - 4, block.length, littleEndian)
  return block
}

/** Options as they stand at the end of a block, with their end mark; no bytes at all when there is none. */
export function pcapngOptions(options: readonly PcapngOption[], littleEndian = true): Uint8Array<ArrayBuffer> {
  if (options.length === 0) return new Uint8Array(0)
  const parts: Uint8Array[] = []
  for (const [code, value] of options) {
    const bytes =
      typeof value === 'string' ? encoder.encode(value) : typeof value === 'number' ? Uint8Array.of(value) : value
    const header = new Uint8Array(4)
    const view = new DataView(header.buffer)
    view.setUint16(0, code, littleEndian)
    view.setUint16(2, bytes.length, littleEndian)
    parts.push(header, padded(bytes))
  }
  parts.push(new Uint8Array(4))
  return concatenate(parts)
}

function padded(bytes: Uint8Array): Uint8Array {
  const missing = -bytes.length & 3
  return missing === 0 ? bytes : concatenate([bytes, new Uint8Array(missing)])
}
