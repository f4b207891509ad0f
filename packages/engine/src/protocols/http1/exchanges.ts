import type { HttpRequest } from '../messages.ts'
import { isPairedMethod } from './start-line.ts'

/** Requests of one connection that may wait for their response; beyond it the oldest are given up. */
const MAX_WAITING = 1024

/**
 * The requests of one connection, paired with responses in two ways: as tshark does (the last request only, so pipelining goes wrong)
 * and in order (RFC 9112 §9.3.2).
 */
export class HttpExchanges {
  /** Method of the request that completed last, '' before the first. */
  lastMethod = ''
  private tsharkFrame = 0
  private tsharkTimeNs = 0
  private readonly waiting: HttpRequest[] = []

  /** With `isCut` its head was captured up to the name of a header: tshark gives up there, and pairs no response with it. */
  addRequest(request: HttpRequest, isCut: boolean): void {
    if (isCut) this.lastMethod = request.method
    else this.addQuoted(request.method, request.frame, request.timeNs)
    if (this.waiting.length >= MAX_WAITING) this.waiting.shift()
    this.waiting.push(request)
  }

  /** Notes a request for tshark's pairing alone: one that an ICMP error quotes. */
  addQuoted(method: string, frame: number, timeNs: number): void {
    this.lastMethod = method
    if (!isPairedMethod(method)) return
    this.tsharkFrame = frame
    this.tsharkTimeNs = timeNs
  }

  /** Frame and time of the request that tshark gives the next response, or undefined; a request is given once. */
  takeForTshark(): { frame: number; timeNs: number } | undefined {
    if (this.tsharkFrame === 0) return undefined
    const taken = { frame: this.tsharkFrame, timeNs: this.tsharkTimeNs }
    this.tsharkFrame = 0
    return taken
  }

  /** The request that a response with this status answers; an interim response (1xx) leaves it waiting. */
  takeInOrder(status: number): HttpRequest | null {
    const isInterim = status >= 100 && status < 200 && status !== 101
    return (isInterim ? this.waiting[0] : this.waiting.shift()) ?? null
  }
}
