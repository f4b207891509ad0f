import { FAILED, type Outcome } from './attempts.ts'

const MOST_STREAMS = 1 << 15
const MOST_ATTEMPTS = 1024
/** Ordinary answers of a web server before one that refuses: enough to see somebody get in who guessed in other streams. */
const MOST_ORDINARY = 8

/** A login heard of within a stream; `path` is '' unless it was on a web page. */
interface HeardAttempt {
  readonly path: string
  readonly timeNs: number
  readonly frame: number
  readonly outcome: Outcome
}

interface HeardStream {
  isSsh: boolean
  hasFailed: boolean
  /** Highest relative sequence number of a reply, so that one sent twice counts once. */
  lastSequence: number
  attempts: HeardAttempt[]
}

/** What was heard in TCP streams that are not over, by tshark's number: messages do not tell addresses, flows do when they end. */
export class OpenStreams {
  private readonly streams = new Map<number, HeardStream>()

  markSsh(stream: number): void {
    const heard = this.hear(stream)
    if (heard !== null) heard.isSsh = true
  }

  /** A server's answer to a login, in a segment of that relative sequence number. */
  addReply(stream: number, sequence: number, timeNs: number, frame: number, outcome: Outcome): void {
    const heard = this.hear(stream)
    if (heard === null || sequence <= heard.lastSequence) return
    heard.lastSequence = sequence
    add(heard, { path: '', timeNs, frame, outcome })
  }

  addWeb(stream: number, path: string, timeNs: number, frame: number, outcome: Outcome): void {
    const heard = this.hear(stream)
    if (heard === null) return
    if (outcome === FAILED) heard.hasFailed = true
    else if (!heard.hasFailed && heard.attempts.length >= MOST_ORDINARY) return
    add(heard, { path: path || '/', timeNs, frame, outcome })
  }

  /** What was heard in a stream that is over, forgotten with it; null when there was nothing. */
  give(stream: number): HeardStream | null {
    const heard = this.streams.get(stream)
    if (heard === undefined) return null
    this.streams.delete(stream)
    return heard
  }

  private hear(stream: number): HeardStream | null {
    let heard = this.streams.get(stream)
    if (heard === undefined) {
      if (this.streams.size >= MOST_STREAMS) return null
      this.streams.set(stream, (heard = { isSsh: false, hasFailed: false, lastSequence: 0, attempts: [] }))
    }
    return heard
  }
}

function add(heard: HeardStream, attempt: HeardAttempt): void {
  // a list that is pushed into reserves room for seventeen attempts, a literal none
  if (heard.attempts.length === 0) heard.attempts = [attempt]
  else if (heard.attempts.length < MOST_ATTEMPTS) heard.attempts.push(attempt)
}
