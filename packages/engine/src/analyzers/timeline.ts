import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { QuietFrames } from '../events.ts'
import type { Packet } from '../packet.ts'
import type { CaptureSummary } from '../report.ts'
import {
  addToBin,
  BIN_BYTES,
  BIN_FIRST_FRAME,
  BIN_FIRST_TIME,
  BIN_LAST_FRAME,
  BIN_LAST_TIME,
  BIN_PACKETS,
  BIN_WIDTH,
  mergeTimeBins,
  newTimeBins,
  type TimeBins,
} from './support/time-bins.ts'
import { findBursts } from './timeline/bursts.ts'
import { findPatterns } from './timeline/patterns.ts'
import { timelineSection } from './timeline/section.ts'
import { findSilences, silenceConclusion } from './timeline/silences.ts'

const FIRST_WIDTH_NS = 25e6

/** Throughput over time, bursts, peaks, silent periods and rhythms of the whole capture. */
export const timeline: AnalyzerDefinition = {
  id: 'timeline',
  title: 'Traffic over time',
  description:
    'Packets and bytes over time, peaks and valleys, bursts, periods in which the whole capture is silent, and rhythms in the traffic.',
  settings: {
    silenceNs: {
      unit: 'ns',
      default: 1e9,
      least: 25e6,
      most: 86_400e9,
      description: 'The whole capture is silent when it holds no frame for this long.',
    },
    burstNs: {
      unit: 'ns',
      default: 100e6,
      least: 25e6,
      most: 60e9,
      description: 'Interval in which packets are counted to find bursts.',
    },
    burstFactor: {
      unit: 'count',
      default: 3,
      least: 1,
      most: 1e6,
      description: 'A burst holds so many times the packets of a mean interval.',
    },
    burstPackets: {
      unit: 'count',
      default: 50,
      least: 1,
      most: 1e9,
      description: 'A burst holds at least so many packets an interval.',
    },
    slotNs: {
      unit: 'ns',
      default: 60e9,
      least: 1e9,
      most: 86_400e9,
      description: 'Length of the slots among which peaks and valleys are looked for.',
    },
  },
  create: (context) => new Timeline(context),
}

/** Cost: a few additions a frame; a map is written once a bin of 25 ms or more. */
class Timeline implements Analyzer<TimeBins> {
  private readonly bins = newTimeBins(FIRST_WIDTH_NS)
  private readonly context: AnalyzerContext
  /** The bin that is being filled. */
  private readonly open = new Float64Array(BIN_WIDTH)
  private openIndex = 0
  private openStartNs = 0
  private openEndNs = 0
  readonly on = {
    frame: (packet: Packet) => this.frame(packet),
    quiet: (frames: QuietFrames) => this.quiet(frames),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): TimeBins {
    this.flush()
    return this.bins
  }

  merge(other: TimeBins): void {
    this.flush()
    mergeTimeBins(this.bins, other)
  }

  finish(capture: CaptureSummary): AnalyzerResult {
    this.flush()
    const setting = (name: string) => this.context.setting(name)
    const silences = findSilences(this.bins, setting('silenceNs'))
    const bursts = findBursts(this.bins, capture, {
      intervalNs: setting('burstNs'),
      factor: setting('burstFactor'),
      leastPackets: setting('burstPackets'),
    })
    const patterns = findPatterns(this.bins, capture, setting('slotNs'))
    return {
      section: timelineSection(timeline, this.bins, capture, bursts, silences, patterns),
      conclusions: silenceConclusion(silences, capture),
    }
  }

  private frame(packet: Packet): void {
    const { timeNs, number } = packet
    if (timeNs < this.openStartNs || timeNs >= this.openEndNs) this.openBin(timeNs)
    const { open } = this
    if (open[BIN_PACKETS] === 0) {
      open[BIN_FIRST_FRAME] = number
      open[BIN_FIRST_TIME] = timeNs
      open[BIN_LAST_TIME] = timeNs
    } else if (timeNs > open[BIN_LAST_TIME]) open[BIN_LAST_TIME] = timeNs
    else if (timeNs < open[BIN_FIRST_TIME]) open[BIN_FIRST_TIME] = timeNs
    open[BIN_LAST_FRAME] = number
    open[BIN_PACKETS]++
    open[BIN_BYTES] += packet.wireLength
  }

  private quiet({ packets, firstNumber, lastNumber, firstTimeNs, lastTimeNs, wireBytes }: QuietFrames): void {
    if (firstTimeNs < this.openStartNs || firstTimeNs >= this.openEndNs) this.openBin(firstTimeNs)
    const { open } = this
    if (open[BIN_PACKETS] === 0) {
      open[BIN_FIRST_FRAME] = firstNumber
      open[BIN_FIRST_TIME] = firstTimeNs
      open[BIN_LAST_TIME] = lastTimeNs
    }
    if (firstTimeNs < open[BIN_FIRST_TIME]) open[BIN_FIRST_TIME] = firstTimeNs
    if (lastTimeNs > open[BIN_LAST_TIME]) open[BIN_LAST_TIME] = lastTimeNs
    open[BIN_LAST_FRAME] = lastNumber
    open[BIN_PACKETS] += packets
    open[BIN_BYTES] += wireBytes
  }

  private openBin(timeNs: number): void {
    this.flush()
    const { widthNs } = this.bins
    this.openIndex = Math.floor(timeNs / widthNs)
    this.openStartNs = this.openIndex * widthNs
    this.openEndNs = this.openStartNs + widthNs
  }

  private flush(): void {
    if (this.open[BIN_PACKETS] === 0) return
    addToBin(this.bins, this.openIndex, this.open, 0)
    this.open.fill(0)
    this.openEndNs = this.openStartNs
  }
}
