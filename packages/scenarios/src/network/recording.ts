import { absoluteTime, buildPcap } from '@pcap-analyzer/engine/testing'

/** A frame that passed the capture point, and what the story knows of it. */
export interface RecordedFrame {
  /** Since the start of the story, as the clock of the capture tells it. */
  readonly timeNs: number
  readonly bytes: Uint8Array
  /** Names by which the story finds its evidence: `syn`, `repeat`, `lost`. */
  readonly labels: readonly string[]
}

/** What the capture point saw; frames are in the order of the records once it is complete. */
export class Recording {
  readonly #frames: RecordedFrame[] = []
  #changes: ((frames: readonly RecordedFrame[]) => readonly RecordedFrame[])[] = []

  add(timeNs: number, bytes: Uint8Array, ...labels: readonly string[]): void {
    this.#frames.push({ timeNs, bytes, labels })
  }

  /** A fault of the capture itself (clock, duplicates, one direction only), applied to the frames in order of time. */
  change(fault: (frames: readonly RecordedFrame[]) => readonly RecordedFrame[]): void {
    this.#changes.push(fault)
  }

  complete(): CompleteRecording {
    const ordered: readonly RecordedFrame[] = this.#frames.toSorted((a, b) => a.timeNs - b.timeNs)
    return new CompleteRecording(this.#changes.reduce((frames, fault) => fault(frames), ordered))
  }
}

/** Frames in the order of the file. */
export class CompleteRecording {
  readonly frames: readonly RecordedFrame[]

  constructor(frames: readonly RecordedFrame[]) {
    this.frames = frames
  }

  /** Numbers from 1 of the frames that have all of the labels. */
  numbers(...labels: readonly string[]): number[] {
    return this.frames.flatMap((frame, i) => (labels.every((label) => frame.labels.includes(label)) ? [i + 1] : []))
  }

  toPcap(): Uint8Array<ArrayBuffer> {
    return buildPcap(this.frames.map(({ timeNs, bytes }) => ({ bytes, ...absoluteTime(timeNs) })))
  }
}
