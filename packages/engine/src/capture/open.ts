import { EngineError } from '../errors.ts'
import type { ByteWindow } from './byte-window.ts'
import { CaptureText } from './capture-text.ts'
import { identifyOther } from './identify-other.ts'
import { newMetadata } from './metadata.ts'
import { PcapReader } from './pcap.ts'
import { hasPcapMagic, readPcapHeader } from './pcap-header.ts'
import { PcapngReader } from './pcapng.ts'
import { OptionCursor } from './pcapng-options.ts'
import { readSectionHeader, SECTION_HEADER_BLOCK, sectionByteOrder, unknownSectionVersion } from './pcapng-section.ts'
import type { RecordReader } from './record-reader.ts'

/** Bytes that tell what an input is that is no capture. */
const BYTES_TO_IDENTIFY = 1024
const MAX_SECTION_HEADER = 16 << 20

/**
 * Chooses the reader by the first bytes of an uncompressed input and moves the window behind the file header; null when more bytes
 * are needed. `firstNumber` is the number of the first packet.
 * @throws {EngineError} EMPTY_INPUT, NOT_A_CAPTURE, UNSUPPORTED_VERSION, DAMAGED_HEADER.
 */
export function openCapture(window: ByteWindow, firstNumber = 1): RecordReader | null {
  if (window.available === 0 && window.ended) {
    throw new EngineError('EMPTY_INPUT', 'the input is empty', {
      hint: 'the capture was probably stopped before its first packet was written, or the copy failed: compare the file sizes',
    })
  }
  if (window.available >= 4) {
    if (hasPcapMagic(window)) return openPcap(window, firstNumber)
    if (window.view.getUint32(window.start) === SECTION_HEADER_BLOCK) return openPcapng(window, firstNumber)
  }
  if (window.available < BYTES_TO_IDENTIFY && !window.ended) return null
  throw notACapture(window)
}

function openPcap(window: ByteWindow, firstNumber: number): RecordReader | null {
  const header = readPcapHeader(window)
  if (header === null) return null
  window.start += header.fileHeaderLength
  return new PcapReader(header, firstNumber)
}

/** Reads the first section header to the end before it trusts the file, and leaves it to the reader to read again. */
function openPcapng(window: ByteWindow, firstNumber: number): RecordReader | null {
  const start = window.start
  if (window.available < 16) return waitForHeader(window)
  const byteOrder = sectionByteOrder(window, start)
  if (byteOrder === null) throw damagedHeader('it has no byte-order magic')
  const littleEndian = byteOrder === 'little'
  const version = unknownSectionVersion(window, start, littleEndian)
  if (version !== null) {
    throw new EngineError('UNSUPPORTED_VERSION', `pcapng version ${version} is not known, only 1.0 is`, {
      hint: 'convert it with the tool that wrote it, to pcapng 1.0 or to pcap',
    })
  }
  const length = window.view.getUint32(start + 4, littleEndian)
  if (length < 28 || length > MAX_SECTION_HEADER) throw damagedHeader(`it claims ${length} bytes`)
  const end = start + length + (-length & 3)
  if (end > window.end) return waitForHeader(window)
  const trailer = window.view.getUint32(end - 4, littleEndian)
  if (trailer !== length && trailer !== end - start)
    throw damagedHeader(`it claims ${length} bytes, its end says ${trailer}`)
  const scratch = newMetadata('pcapng', byteOrder)
  const problem = readSectionHeader(window, start, end, littleEndian, new OptionCursor(), new CaptureText(), scratch)
  if (problem !== null) throw damagedHeader(problem)
  return new PcapngReader(byteOrder, firstNumber)
}

function waitForHeader(window: ByteWindow): null {
  if (window.ended) throw damagedHeader(`the input ends after ${window.available} bytes, inside it`)
  return null
}

function damagedHeader(reason: string): EngineError {
  return new EngineError('DAMAGED_HEADER', `the pcapng section header is damaged: ${reason}`, {
    hint: 'copy the file again from where it was captured; a repair tool such as pcapfix may save its packets',
  })
}

function notACapture(window: ByteWindow): EngineError {
  const other = identifyOther(
    window.bytes.subarray(window.start, Math.min(window.end, window.start + BYTES_TO_IDENTIFY)),
  )
  return new EngineError('NOT_A_CAPTURE', `not a pcap or pcapng capture: ${other.found}`, { hint: other.hint })
}
