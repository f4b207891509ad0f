import { type BackOffVerdict, judgeBackOff } from './back-off.ts'

const MOST_KEPT = 32

/** One side's SYNs or SYN-ACKs of an attempt, the first 32 with frame and time; `count` counts all, and while it is 0 the lists say nothing. */
export interface SentSyns {
  frames: number[]
  timesNs: number[]
  timestamps: number[]
  count: number
  lastTimeNs: number
}

/** The opening of one connection, from its first SYN or SYN-ACK until it is judged. */
export interface Attempt {
  /** Direction in which the initiator sends. */
  initiator: number
  readonly syns: SentSyns
  readonly synAcks: SentSyns
  /** Index of the SYN that the first SYN-ACK echoes; -1 when timestamps do not tell. */
  answeredSyn: number
  ackTimeNs: number
  ackFrame: number
  /** Least RTT of data that the responder, and that the initiator, acknowledged; Infinity when there was none. */
  responderRttNs: number
  initiatorRttNs: number
}

export function newAttempt(initiator: number): Attempt {
  return {
    initiator,
    syns: newSyns(),
    synAcks: newSyns(),
    answeredSyn: -1,
    ackTimeNs: -1,
    ackFrame: 0,
    responderRttNs: Number.POSITIVE_INFINITY,
    initiatorRttNs: Number.POSITIVE_INFINITY,
  }
}

/** Makes an attempt ready for another connection: attempts are used again, as there are as many as connections. */
export function resetAttempt(attempt: Attempt, initiator: number): Attempt {
  attempt.initiator = initiator
  attempt.syns.count = 0
  attempt.synAcks.count = 0
  attempt.answeredSyn = -1
  attempt.ackTimeNs = -1
  attempt.ackFrame = 0
  attempt.responderRttNs = Number.POSITIVE_INFINITY
  attempt.initiatorRttNs = Number.POSITIVE_INFINITY
  return attempt
}

export function addSyn(syns: SentSyns, frame: number, timeNs: number, timestamp: number): void {
  syns.count++
  syns.lastTimeNs = timeNs
  if (syns.count === 1) {
    begin(syns, frame, timeNs, timestamp)
    return
  }
  if (syns.frames.length === MOST_KEPT) return
  syns.frames.push(frame)
  syns.timesNs.push(timeNs)
  syns.timestamps.push(timestamp)
}

/** Lists that are just as long as they must be, as most have one entry: those of an earlier attempt, or new ones. */
function begin(syns: SentSyns, frame: number, timeNs: number, timestamp: number): void {
  if (syns.frames.length === 1) {
    syns.frames[0] = frame
    syns.timesNs[0] = timeNs
    syns.timestamps[0] = timestamp
    return
  }
  syns.frames = [frame]
  syns.timesNs = [timeNs]
  syns.timestamps = [timestamp]
}

/** From the first to the last, in ns; never negative. */
export function spanNs(syns: SentSyns): number {
  return syns.count === 0 ? 0 : Math.max(0, syns.lastTimeNs - syns.timesNs[0])
}

/** Waits between the SYNs that were kept, in ns. */
export function waitsNs(syns: SentSyns): number[] {
  return syns.timesNs.slice(1).map((timeNs, i) => timeNs - syns.timesNs[i])
}

export function backOffOf(syns: SentSyns): BackOffVerdict {
  return judgeBackOff(waitsNs(syns))
}

/** From the SYN that was answered (by timestamps, else the last before the answer) to the first SYN-ACK; -1 when one is missing. */
export function synToSynAckNs(attempt: Attempt): number {
  const { syns, synAcks, answeredSyn } = attempt
  if (syns.count === 0 || synAcks.count === 0) return -1
  const answeredNs = synAcks.timesNs[0]
  if (answeredSyn >= 0) return Math.max(0, answeredNs - syns.timesNs[answeredSyn])
  for (let i = syns.timesNs.length - 1; i >= 0; i--)
    if (syns.timesNs[i] <= answeredNs) return answeredNs - syns.timesNs[i]
  return -1
}

/** From the last SYN-ACK before it to the ACK that ends the handshake; -1 when one is missing. */
export function synAckToAckNs(attempt: Attempt): number {
  const { synAcks, ackTimeNs } = attempt
  if (synAcks.count === 0 || ackTimeNs < 0) return -1
  return Math.max(0, ackTimeNs - synAcks.timesNs[synAcks.timesNs.length - 1])
}

/** What nothing was sent of yet; replaced by the first, never written to. */
const NONE: number[] = []

function newSyns(): SentSyns {
  return { frames: NONE, timesNs: NONE, timestamps: NONE, count: 0, lastTimeNs: 0 }
}
