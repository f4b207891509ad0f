import type { ByteWindow } from '../capture/byte-window.ts'
import type { RecordShape, RecordWalker } from '../capture/record-walker.ts'
import type { CaptureTotals } from '../capture-totals.ts'
import type { Core } from '../core/core.ts'
import type { QuietFrames } from '../events.ts'

// Offsets of what the host and the core tell each other, in 32-bit words; the order is that of assembly/march.ts.
const IS_BIG_ENDIAN = 0
const TICKS_PER_SECOND = 1
const NANOSECONDS_PER_TICK = 2
const MOST_CAPTURED = 3
const AT = 4
const END = 5
const NUMBER = 6
const MOST_FLOWS = 7
const IS_ENHANCED = 8
const INTERFACE_INDEX = 9
const PACKETS = 10
const FIRST_NUMBER = 11
const TRUNCATED = 12
const LAST_NANOSECONDS = 13
/** In doubles. */
const LAST_SECONDS = 7
const ORIGIN_SECONDS = 8
const ORIGIN_NANOSECONDS = 9
const FIRST_TIME = 10
const LAST_TIME = 11
const WIRE_BYTES = 12
const CAPTURED_BYTES = 13

const MOST_FLOWS_EVER = 0x7fffffff

/**
 * Lets the core walk records by itself: plain TCP frames that nobody wants to see one by one. What it took is added to the totals of the
 * capture and told as sums, in the order of the capture.
 */
export class March implements RecordWalker {
  private readonly core: Core
  private readonly totals: CaptureTotals
  private readonly tell: (frames: QuietFrames) => void
  /** So many flows make the host look for finished ones before the next frame. */
  mostFlows = MOST_FLOWS_EVER
  /** Of the records that the core was told of last. */
  private shape: RecordShape | null = null
  private readonly frames = { packets: 0, firstNumber: 0, lastNumber: 0, firstTimeNs: 0, lastTimeNs: 0, wireBytes: 0 }

  constructor(core: Core, totals: CaptureTotals, tell: (frames: QuietFrames) => void) {
    this.core = core
    this.totals = totals
    this.tell = tell
  }

  walk(window: ByteWindow, shape: RecordShape, number: number): number {
    const { core, totals } = this
    if (!totals.isRunOf(shape.linkType, shape.interfaceIndex)) return 0
    this.begin(window, shape, number)
    let taken = 0
    for (;;) {
      const isSlotFull = core.walk()
      const packets = core.words[core.marchAt + PACKETS]
      if (packets > 0) this.addFrames(packets)
      taken += packets
      if (!isSlotFull) break
    }
    window.start = core.words[core.marchAt + AT] - window.pointer
    return taken
  }

  private begin(window: ByteWindow, shape: RecordShape, number: number): void {
    const { core, totals } = this
    const { words, doubles, marchAt } = core
    if (shape !== this.shape) this.tellShape(shape)
    words[marchAt + AT] = window.pointer + window.start
    words[marchAt + END] = window.pointer + window.end
    words[marchAt + NUMBER] = number
    words[marchAt + MOST_FLOWS] = this.mostFlows < MOST_FLOWS_EVER ? this.mostFlows : MOST_FLOWS_EVER
    words[marchAt + LAST_NANOSECONDS] = totals.lastNanoseconds
    doubles[(marchAt >> 1) + LAST_SECONDS] = totals.lastSeconds
  }

  /** What stays as it is until records of another kind come. */
  private tellShape(shape: RecordShape): void {
    const { words, doubles, marchAt } = this.core
    const { totals } = this
    this.shape = shape
    words[marchAt + IS_BIG_ENDIAN] = shape.littleEndian ? 0 : 1
    words[marchAt + TICKS_PER_SECOND] = shape.unitsPerSecond
    words[marchAt + NANOSECONDS_PER_TICK] = shape.nanosecondsPerUnit
    words[marchAt + MOST_CAPTURED] = shape.mostCaptured
    words[marchAt + IS_ENHANCED] = shape.isEnhanced ? 1 : 0
    words[marchAt + INTERFACE_INDEX] = shape.interfaceIndex
    doubles[(marchAt >> 1) + ORIGIN_SECONDS] = totals.firstSeconds
    doubles[(marchAt >> 1) + ORIGIN_NANOSECONDS] = totals.firstNanoseconds
  }

  /** Adds what the core took since it was last asked. */
  private addFrames(packets: number): void {
    const { frames } = this
    const { words, doubles, marchAt } = this.core
    const doublesAt = marchAt >> 1
    frames.packets = packets
    frames.firstNumber = words[marchAt + FIRST_NUMBER]
    frames.lastNumber = words[marchAt + NUMBER] - 1
    frames.firstTimeNs = doubles[doublesAt + FIRST_TIME]
    frames.lastTimeNs = doubles[doublesAt + LAST_TIME]
    frames.wireBytes = doubles[doublesAt + WIRE_BYTES]
    this.totals.addInOrder(
      packets,
      frames.wireBytes,
      doubles[doublesAt + CAPTURED_BYTES],
      words[marchAt + TRUNCATED],
      doubles[doublesAt + LAST_SECONDS],
      words[marchAt + LAST_NANOSECONDS],
    )
    words[marchAt + PACKETS] = 0
    words[marchAt + TRUNCATED] = 0
    doubles[doublesAt + WIRE_BYTES] = 0
    doubles[doublesAt + CAPTURED_BYTES] = 0
    this.tell(frames)
  }
}
