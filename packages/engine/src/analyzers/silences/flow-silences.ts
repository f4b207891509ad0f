/**
 * What a silence within a flow was. `answer awaited`: the responder spoke next, after the initiator's data; `transfer interrupted`: the
 * sender had more to send (no PSH) and went on later; `loss recovery`: a retransmission ended it; `sender paused`: the same side went
 * on after a whole message; `idle`: nobody was waited for.
 */
export type SilenceKind = 'answer awaited' | 'transfer interrupted' | 'loss recovery' | 'sender paused' | 'idle'

export const silenceKinds: readonly SilenceKind[] = [
  'answer awaited',
  'transfer interrupted',
  'loss recovery',
  'sender paused',
  'idle',
]

export interface Silence {
  kind: SilenceKind
  durationNs: number
  frameBefore: number
  frameAfter: number
}

/** Silences of one flow: the first 256 themselves, and the spread of all. */
export interface FlowSilences {
  list: Silence[]
  count: number
  meanNs: number
  /** Sum of squared differences from the mean (Welford). */
  squaredNs: number
}

const MOST_LISTED = 256
const LEAST_FOR_PERIOD = 3
const MOST_VARIATION = 0.1

export function newFlowSilences(): FlowSilences {
  return { list: [], count: 0, meanNs: 0, squaredNs: 0 }
}

export function addSilence(silences: FlowSilences, silence: Silence): void {
  silences.count++
  const fromMeanNs = silence.durationNs - silences.meanNs
  silences.meanNs += fromMeanNs / silences.count
  silences.squaredNs += fromMeanNs * (silence.durationNs - silences.meanNs)
  if (silences.list.length < MOST_LISTED) silences.list.push(silence)
}

/** Three silences or more that differ by less than a tenth: a timer speaks, not a problem. */
export function isPeriodic({ count, meanNs, squaredNs }: FlowSilences): boolean {
  return count >= LEAST_FOR_PERIOD && Math.sqrt(squaredNs / count) < MOST_VARIATION * meanNs
}
