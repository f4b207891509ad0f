import type { CaptureMetadata } from './capture/metadata.ts'
import { READ_END, READ_PACKET } from './capture/record-reader.ts'
import { CaptureInput } from './capture/source.ts'
import { CaptureTotals } from './capture-totals.ts'
import { EngineError } from './errors.ts'
import type { Events } from './events.ts'
import type { Limits } from './limits.ts'
import { CaptureRoom } from './march/capture-room.ts'
import { March } from './march/march.ts'
import { Packet } from './packet.ts'
import { Pipeline, type PipelineOptions } from './pipeline.ts'

/** What {@link CaptureRun.drain} says. */
export const DRAIN_WANTS_BYTES = 0
export const DRAIN_PAUSED = 1
export const DRAIN_ENDED = 2
export type DrainResult = typeof DRAIN_WANTS_BYTES | typeof DRAIN_PAUSED | typeof DRAIN_ENDED

export interface RunOptions extends PipelineOptions {
  /** Only count records, look into none. */
  readonly recordsOnly?: boolean
}

/** One file of a capture set, as far as it was read. */
export interface RunFile {
  name: string | null
  packets: number
  metadata: CaptureMetadata
}

/**
 * One pass over a capture, or over an ordered set of captures whose flows and frame numbers continue from file to file.
 *
 * For each file: {@link beginFile}, then put bytes into `input` and {@link drain} until it says the file is over. At the end {@link finish}.
 */
export class CaptureRun {
  readonly packet = new Packet()
  readonly totals = new CaptureTotals()
  readonly pipeline: Pipeline
  readonly files: RunFile[] = []
  input: CaptureInput
  private name: string | null = null
  private readonly limits: Limits
  private readonly recordsOnly: boolean
  private readonly march: March | null
  private readonly room: CaptureRoom

  constructor(limits: Limits, listeners: readonly Partial<Events>[], options: RunOptions = {}) {
    this.limits = limits
    this.recordsOnly = options.recordsOnly ?? false
    this.pipeline = new Pipeline(limits, listeners, options)
    const { core, listeners: hearers } = this.pipeline
    this.march = this.pipeline.isQuiet ? new March(core, this.totals, (frames) => hearers.quiet?.(frames)) : null
    this.room = new CaptureRoom(core)
    this.input = this.newInput()
    core.moved = () => this.input.renew(this.packet)
  }

  /** Starts the next file of the set. */
  beginFile(name: string | null): void {
    this.name = name
    this.input = this.newInput()
  }

  /**
   * Takes the packets that can be read from the bytes put in so far, at most `mostPackets`: little compressed data can hold many.
   * @returns {@link DRAIN_WANTS_BYTES}, {@link DRAIN_PAUSED} when there may be more, or {@link DRAIN_ENDED} when the file is over or cannot be read further.
   */
  drain(mostPackets = Number.POSITIVE_INFINITY): DrainResult {
    const { input, packet, totals, pipeline, recordsOnly } = this
    const { packets } = totals
    const { march } = this
    while (totals.packets - packets < mostPackets) {
      if (march !== null) {
        march.mostFlows = pipeline.mostFlows
        input.walk(march)
      }
      const result = input.next(packet)
      if (result !== READ_PACKET) return result === READ_END ? DRAIN_ENDED : DRAIN_WANTS_BYTES
      totals.count(packet)
      if (recordsOnly) continue
      pipeline.frame(packet)
      if (packet.stopReason !== 0) totals.stops[packet.stopReason]++
    }
    return DRAIN_PAUSED
  }

  private newInput(): CaptureInput {
    this.room.empty()
    return new CaptureInput(this.limits, this.totals.packets + 1, this.march === null ? null : this.room)
  }

  /** Ends a file: call it after {@link drain} said so, or after the last bytes were drained. */
  endFile(): void {
    const { metadata } = this.input
    if (metadata === null) throw new EngineError('INPUT_UNREADABLE', 'the input ended before its header was read')
    const before = this.files.reduce((sum, file) => sum + file.packets, 0)
    this.files.push({ name: this.name, packets: this.totals.packets - before, metadata })
  }

  /** Ends the run: what is still open is concluded. */
  finish(): void {
    this.totals.finish()
    this.pipeline.finish()
  }
}
