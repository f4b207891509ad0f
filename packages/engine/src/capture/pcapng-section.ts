import type { ByteWindow } from './byte-window.ts'
import type { CaptureText } from './capture-text.ts'
import type { CaptureMetadata } from './metadata.ts'
import type { OptionCursor } from './pcapng-options.ts'

/** Block type of a Section Header Block; it reads the same in both byte orders. */
export const SECTION_HEADER_BLOCK = 0x0a0d0d0a

const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const MIN_LENGTH = 28

const OPTION_COMMENT = 1
const OPTION_HARDWARE = 2
const OPTION_OPERATING_SYSTEM = 3
const OPTION_APPLICATION = 4

const MAX_COMMENTS = 1000

/** Byte order of the section whose header starts at `start`, of which 12 bytes are loaded; null when it has none. */
export function sectionByteOrder(window: ByteWindow, start: number): 'little' | 'big' | null {
  if (window.view.getUint32(start + 8, true) === BYTE_ORDER_MAGIC) return 'little'
  if (window.view.getUint32(start + 8, false) === BYTE_ORDER_MAGIC) return 'big'
  return null
}

/** Major and minor version when the section is one that is not known, else null: 1.0 is, and 1.2 as some tools write it. */
export function unknownSectionVersion(window: ByteWindow, start: number, littleEndian: boolean): string | null {
  const major = window.view.getUint16(start + 12, littleEndian)
  const minor = window.view.getUint16(start + 14, littleEndian)
  return major === 1 && (minor === 0 || minor === 2) ? null : `${major}.${minor}`
}

/** Reads a Section Header Block (pcapng draft §4.1) that lies whole in the window and has a known version; says why it cannot be right, or null. */
export function readSectionHeader(
  window: ByteWindow,
  start: number,
  end: number,
  littleEndian: boolean,
  options: OptionCursor,
  text: CaptureText,
  metadata: CaptureMetadata,
): string | null {
  if (end - start < MIN_LENGTH) return `section header block of ${end - start} bytes, fewer than ${MIN_LENGTH}`
  metadata.sections++
  options.begin(window, start + 24, end - 4, littleEndian)
  while (options.advance()) {
    const { code, length } = options
    if (code === OPTION_COMMENT) keepComment(metadata, null, text.read(window.bytes, options.start, length))
    else if (code === OPTION_HARDWARE) metadata.hardware ??= text.read(window.bytes, options.start, length)
    else if (code === OPTION_OPERATING_SYSTEM)
      metadata.operatingSystem ??= text.read(window.bytes, options.start, length)
    else if (code === OPTION_APPLICATION) metadata.application ??= text.read(window.bytes, options.start, length)
  }
  return options.problem
}

/** Counts a comment of the section (frame null) or of a packet and keeps the first thousand. */
export function keepComment(metadata: CaptureMetadata, frame: number | null, text: string): void {
  metadata.commentCount++
  if (metadata.comments.length < MAX_COMMENTS) metadata.comments.push({ frame, text })
}
