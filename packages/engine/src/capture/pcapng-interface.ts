import type { ByteWindow } from './byte-window.ts'
import type { CaptureText } from './capture-text.ts'
import { standardLinkType } from './link-types.ts'
import { type CaptureInterface, newInterface } from './metadata.ts'
import { maxPacketLength } from './packet-length.ts'
import { PcapngClock } from './pcapng-clock.ts'
import type { OptionCursor } from './pcapng-options.ts'

const MIN_DESCRIPTION_LENGTH = 20
const MIN_STATISTICS_LENGTH = 24
const MAX_COMMENTS = 16

/** What a packet block needs of the interface that it names. */
export interface PcapngInterface {
  readonly linkType: number
  readonly snapLength: number
  readonly maxCaptured: number
  fcsLength: number
  clock: PcapngClock
  readonly told: CaptureInterface
}

/** Reads an Interface Description Block (pcapng draft §4.2) that lies whole in the window; says why it cannot be right instead. */
export function readInterface(
  window: ByteWindow,
  start: number,
  end: number,
  littleEndian: boolean,
  options: OptionCursor,
  text: CaptureText,
  section: number,
  index: number,
): PcapngInterface | string {
  if (end - start < MIN_DESCRIPTION_LENGTH) {
    return `interface description block of ${end - start} bytes, fewer than ${MIN_DESCRIPTION_LENGTH}`
  }
  const linkType = standardLinkType(window.view.getUint16(start + 8, littleEndian))
  const snapLength = window.view.getUint32(start + 12, littleEndian)
  const described: PcapngInterface = {
    linkType,
    snapLength,
    maxCaptured: maxPacketLength(linkType),
    fcsLength: 0,
    clock: new PcapngClock(),
    told: newInterface(section, index, linkType, snapLength),
  }
  let offsetSeconds = 0
  options.begin(window, start + 16, end - 4, littleEndian)
  while (options.advance()) {
    if (options.code === OPTION_RESOLUTION) described.clock = new PcapngClock(options.unsigned(1) ?? undefined)
    else if (options.code === OPTION_FCS_LENGTH) described.fcsLength = options.unsigned(1) ?? 0
    else if (options.code === OPTION_OFFSET) offsetSeconds = options.signed() ?? 0
    else readDescriptiveOption(window.bytes, options, text, described.told)
  }
  described.clock.offsetSeconds = offsetSeconds
  described.told.offsetSeconds = offsetSeconds
  described.told.ticksPerSecond = described.clock.ticksPerSecond
  return options.problem ?? described
}

const OPTION_COMMENT = 1
const OPTION_NAME = 2
const OPTION_DESCRIPTION = 3
const OPTION_SPEED = 8
const OPTION_RESOLUTION = 9
const OPTION_FILTER = 11
const OPTION_OPERATING_SYSTEM = 12
const OPTION_FCS_LENGTH = 13
const OPTION_OFFSET = 14
const OPTION_HARDWARE = 15

function readDescriptiveOption(
  bytes: Uint8Array,
  options: OptionCursor,
  text: CaptureText,
  told: CaptureInterface,
): void {
  const { code, start, length } = options
  switch (code) {
    case OPTION_COMMENT:
      if (told.comments.length < MAX_COMMENTS) told.comments.push(text.read(bytes, start, length))
      return
    case OPTION_NAME:
      told.name = text.read(bytes, start, length)
      return
    case OPTION_DESCRIPTION:
      told.description = text.read(bytes, start, length)
      return
    case OPTION_SPEED:
      told.bitsPerSecond = options.unsigned(8)
      return
    case OPTION_FILTER:
      // The first byte tells the language; only 0, a libpcap filter expression, is text.
      if (length > 1 && bytes[start] === 0) told.filter = text.read(bytes, start + 1, length - 1)
      return
    case OPTION_OPERATING_SYSTEM:
      told.operatingSystem = text.read(bytes, start, length)
      return
    case OPTION_HARDWARE:
      told.hardware = text.read(bytes, start, length)
      return
  }
}

const OPTION_RECEIVED = 4
const OPTION_DROPPED_BY_INTERFACE = 5
const OPTION_DROPPED_BY_OPERATING_SYSTEM = 7

/** Reads an Interface Statistics Block (pcapng draft §4.6) into the interface it names, if there is one; says why it cannot be right, or null. */
export function readStatistics(
  window: ByteWindow,
  start: number,
  end: number,
  littleEndian: boolean,
  options: OptionCursor,
  interfaces: readonly PcapngInterface[],
): string | null {
  if (end - start < MIN_STATISTICS_LENGTH) {
    return `interface statistics block of ${end - start} bytes, fewer than ${MIN_STATISTICS_LENGTH}`
  }
  const told = interfaces[window.view.getUint32(start + 8, littleEndian)]?.told
  options.begin(window, start + 20, end - 4, littleEndian)
  while (options.advance()) {
    if (told === undefined) continue
    if (options.code === OPTION_RECEIVED) told.received = options.unsigned(8)
    else if (options.code === OPTION_DROPPED_BY_INTERFACE) told.droppedByInterface = options.unsigned(8)
    else if (options.code === OPTION_DROPPED_BY_OPERATING_SYSTEM) told.droppedByOperatingSystem = options.unsigned(8)
  }
  return options.problem
}
