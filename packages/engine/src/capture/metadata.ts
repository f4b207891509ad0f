import type { CompressionName } from './compression.ts'

/** One interface of a capture: pcapng Interface Description Block with its statistics, or the only interface of a classic pcap. */
export interface CaptureInterface {
  /** Section of the file, from 0. */
  section: number
  /** Index within the section, from 0. */
  index: number
  linkType: number
  /** Bytes of each packet that are kept; 0 when unlimited. */
  snapLength: number
  name: string | null
  description: string | null
  filter: string | null
  operatingSystem: string | null
  hardware: string | null
  /** Link speed in bit/s as the file tells it. */
  bitsPerSecond: number | null
  comments: string[]
  /** Clock ticks per second of its time stamps. */
  ticksPerSecond: number
  /** Seconds to add to every time stamp (if_tsoffset). */
  offsetSeconds: number
  packets: number
  /** From Interface Statistics Blocks, the last one; null when there is none. */
  received: number | null
  droppedByInterface: number | null
  droppedByOperatingSystem: number | null
}

/** How reading ended. */
export interface ReadEnd {
  /** `ok`: at the end of a record; `truncated`: in the middle of one; `damaged`: a record that cannot be right. */
  status: 'ok' | 'truncated' | 'damaged'
  /** Offset in the (uncompressed) input of the record that could not be read, or of the end. */
  byteOffset: number
  /** Number of the last packet that was read. */
  lastFrame: number
  /** Why, in one line without final stop; null when status is ok. */
  reason: string | null
}

/** What the container says beside the packets. */
export interface CaptureMetadata {
  /** `pcap`, `pcapng`, with variant where it matters: `pcap (nanoseconds)`, `pcap (modified)` … */
  format: string
  byteOrder: 'little' | 'big'
  compression: 'none' | CompressionName
  /** Bytes behind the compressed data that are none of it (padding) and were ignored. */
  ignoredTrailingBytes: number
  sections: number
  interfaces: CaptureInterface[]
  hardware: string | null
  operatingSystem: string | null
  application: string | null
  /** Section comments, then packet comments as `{ frame, text }`; capped, the number found is beside it. */
  comments: { frame: number | null; text: string }[]
  commentCount: number
  /** Names resolved in Name Resolution Blocks: address -> names; capped. */
  names: Map<string, string[]>
  decryptionSecrets: number
  /** Blocks that hold no packet and were skipped: block type in hex -> number. */
  skippedBlocks: Map<string, number>
  /** Packets that records say were lost before them (epb_dropcount), summed over the file. */
  packetDrops: number
  end: ReadEnd
}

/** Metadata of a capture of which nothing but the format was read yet. */
export function newMetadata(format: string, byteOrder: 'little' | 'big'): CaptureMetadata {
  return {
    format,
    byteOrder,
    compression: 'none',
    ignoredTrailingBytes: 0,
    sections: 1,
    interfaces: [],
    hardware: null,
    operatingSystem: null,
    application: null,
    comments: [],
    commentCount: 0,
    names: new Map(),
    decryptionSecrets: 0,
    skippedBlocks: new Map(),
    packetDrops: 0,
    end: { status: 'ok', byteOffset: 0, lastFrame: 0, reason: null },
  }
}

/** An interface of which nothing but its place, link type and snap length is known; its clock ticks in microseconds. */
export function newInterface(section: number, index: number, linkType: number, snapLength: number): CaptureInterface {
  return {
    section,
    index,
    linkType,
    snapLength,
    name: null,
    description: null,
    filter: null,
    operatingSystem: null,
    hardware: null,
    bitsPerSecond: null,
    comments: [],
    ticksPerSecond: 1_000_000,
    offsetSeconds: 0,
    packets: 0,
    received: null,
    droppedByInterface: null,
    droppedByOperatingSystem: null,
  }
}
