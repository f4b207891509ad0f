import { EngineError } from '../errors.ts'
import type { ByteWindow } from './byte-window.ts'
import { standardLinkType } from './link-types.ts'

/** What the file header of a classic pcap says. */
export interface PcapHeader {
  format: string
  littleEndian: boolean
  /** Parts of a second that the second field of a record counts: 10^6 or 10^9. */
  unitsPerSecond: 1_000_000 | 1_000_000_000
  /** Whether the captured and the original length of a record stand in each other's place. */
  lengthsSwapped: 'never' | 'where captured is larger' | 'always'
  /** Sizes that a record header may have in files with this magic, the usual one first. */
  recordHeaderLengths: readonly number[]
  linkType: number
  fcsLength: number
  snapLength: number
  fileHeaderLength: number
}

interface Magic {
  format: string
  unitsPerSecond: PcapHeader['unitsPerSecond']
  recordHeaderLengths: readonly number[]
  fileHeaderLength: number
}

const STANDARD_RECORD = 16
const NOKIA_RECORD = 20
const SS990417_RECORD = 24
const SS991029_RECORD = 24
const SS990915_RECORD = 28

const magics: ReadonlyMap<number, Magic> = new Map([
  [0xa1b2c3d4, magic('pcap', 1_000_000, [STANDARD_RECORD, SS990417_RECORD, NOKIA_RECORD])],
  [0xa1b23c4d, magic('pcap (nanoseconds)', 1_000_000_000, [STANDARD_RECORD])],
  [0xa1b2cd34, magic('pcap (modified)', 1_000_000, [SS991029_RECORD, SS990915_RECORD])],
  [0x1c0001ac, magic('pcap (IXIA hardware)', 1_000_000_000, [STANDARD_RECORD], 28)],
  [0x1c0001ab, magic('pcap (IXIA software)', 1_000_000, [STANDARD_RECORD], 28)],
])

/** Interface types (RFC 1573) that AIX writes where others write a LINKTYPE_ number. */
const aixLinkTypes: ReadonlyMap<number, number> = new Map([
  [6, 1],
  [9, 6],
  [15, 10],
  [24, 0],
])

/** True if the four bytes at the front are one of the magics of classic pcap, in either byte order. */
export function hasPcapMagic(window: ByteWindow): boolean {
  const { view, start } = window
  return magics.has(view.getUint32(start, true)) || magics.has(view.getUint32(start, false))
}

/** Reads the file header (draft-ietf-opsawg-pcap §4) at the front of the window; null when more bytes are needed.
 * @throws {EngineError} UNSUPPORTED_VERSION, DAMAGED_HEADER when the input ends inside the header. */
export function readPcapHeader(window: ByteWindow): PcapHeader | null {
  const { view, start } = window
  const littleEndian = magics.has(view.getUint32(start, true))
  const magic = magics.get(view.getUint32(start, littleEndian)) as Magic
  const length = magic.fileHeaderLength
  if (window.available < length) {
    if (!window.ended) return null
    throw new EngineError(
      'DAMAGED_HEADER',
      `the input ends after ${window.available} of the ${length} bytes of a pcap file header`,
      {
        hint: 'the file was probably cut short while it was written or copied: copy it again',
      },
    )
  }
  const major = view.getUint16(start + 4, littleEndian)
  const minor = view.getUint16(start + 6, littleEndian)
  if (major !== 2) {
    throw new EngineError('UNSUPPORTED_VERSION', `pcap version ${major}.${minor} is not known, only 2.x is`, {
      hint: 'if the tool that wrote it can, let it write pcapng, or convert it with: editcap -F pcapng in out',
    })
  }
  const network = view.getUint32(start + 20, littleEndian)
  const header: PcapHeader = {
    format: magic.format,
    littleEndian,
    unitsPerSecond: magic.unitsPerSecond,
    lengthsSwapped: minor < 3 ? 'always' : minor === 3 ? 'where captured is larger' : 'never',
    recordHeaderLengths: magic.recordHeaderLengths,
    linkType: standardLinkType(network & 0xffff),
    fcsLength: fcsLength(network),
    snapLength: view.getUint32(start + 16, littleEndian),
    fileHeaderLength: length,
  }
  return isAix(magic, minor, network) ? asAix(header, network) : header
}

/** FCS length in bytes: bits 28-31 count 16-bit words if bit 26 is set (draft-ietf-opsawg-pcap §4). */
function fcsLength(network: number): number {
  return (network & 0x0400_0000) === 0 ? 0 : (network >>> 28) * 2
}

function isAix(magic: Magic, minor: number, network: number): boolean {
  return magic.format === 'pcap' && minor === 2 && aixLinkTypes.has(network)
}

/** AIX counts nanoseconds under the magic of microseconds and never swapped the lengths. */
function asAix(header: PcapHeader, interfaceType: number): PcapHeader {
  return {
    ...header,
    format: 'pcap (AIX)',
    unitsPerSecond: 1_000_000_000,
    lengthsSwapped: 'never',
    recordHeaderLengths: [STANDARD_RECORD],
    linkType: aixLinkTypes.get(interfaceType) as number,
  }
}

function magic(
  format: string,
  unitsPerSecond: PcapHeader['unitsPerSecond'],
  recordHeaderLengths: readonly number[],
  fileHeaderLength = 24,
): Magic {
  return { format, unitsPerSecond, recordHeaderLengths, fileHeaderLength }
}
