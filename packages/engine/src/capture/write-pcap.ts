import type { CaptureRecord } from './capture-record.ts'
import { concatenate } from './concatenate.ts'

export interface PcapOptions {
  byteOrder?: 'little' | 'big'
  /** What a record keeps of the time; nanoseconds when left out. */
  resolution?: 'microseconds' | 'nanoseconds'
  linkType?: number
  snapLength?: number
}

const MAGIC_MICROSECONDS = 0xa1b2c3d4
const MAGIC_NANOSECONDS = 0xa1b23c4d

/** A classic pcap file (draft-ietf-opsawg-pcap) with these records. */
export function writePcap(records: Iterable<CaptureRecord>, options: PcapOptions = {}): Uint8Array<ArrayBuffer> {
  const parts = [pcapFileHeader(options)]
  for (const record of records) parts.push(pcapRecord(record, options))
  return concatenate(parts)
}

/** The 24 bytes that a classic pcap begins with. */
export function pcapFileHeader(options: PcapOptions = {}): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(24)
  const view = new DataView(header.buffer)
  const littleEndian = options.byteOrder !== 'big'
  view.setUint32(0, options.resolution === 'microseconds' ? MAGIC_MICROSECONDS : MAGIC_NANOSECONDS, littleEndian)
  view.setUint16(4, 2, littleEndian)
  view.setUint16(6, 4, littleEndian)
  view.setUint32(16, options.snapLength ?? 262_144, littleEndian)
  view.setUint32(20, options.linkType ?? 1, littleEndian)
  return header
}

/** One record with its header; a time below a microsecond is cut off when that is the resolution. */
export function pcapRecord(record: CaptureRecord, options: PcapOptions = {}): Uint8Array<ArrayBuffer> {
  const written = new Uint8Array(16 + record.bytes.length)
  const view = new DataView(written.buffer)
  const littleEndian = options.byteOrder !== 'big'
  const isCoarse = options.resolution === 'microseconds'
  view.setUint32(0, record.seconds, littleEndian)
  view.setUint32(4, isCoarse ? Math.floor(record.nanoseconds / 1000) : record.nanoseconds, littleEndian)
  view.setUint32(8, record.bytes.length, littleEndian)
  view.setUint32(12, record.wireLength ?? record.bytes.length, littleEndian)
  written.set(record.bytes, 16)
  return written
}
