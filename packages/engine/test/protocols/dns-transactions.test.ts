import { describe, expect, it } from 'vitest'
import { DnsMessage, parseDnsMessage } from '../../src/protocols/dns-message.ts'
import { DnsTransactions } from '../../src/protocols/dns-transactions.ts'
import { dnsMessage } from './support.ts'

const SECOND_NS = 1e9

function scenario(capacity?: number) {
  const unanswered: number[] = []
  const transactions = new DnsTransactions((query) => unanswered.push(query.frame), capacity)
  const say = (flags: number, frame: number, seconds: number, id = 1, type = 1, cut = 0) => {
    const bytes = dnsMessage(id, flags, 'example.com', type)
    const message = parseDnsMessage(bytes, 0, bytes.length - cut, new DnsMessage())
    return { ...transactions.observe(7, message, frame, seconds * SECOND_NS, {}) }
  }
  return {
    unanswered,
    transactions,
    query: (frame: number, seconds: number, id?: number, type?: number) => say(0x0100, frame, seconds, id, type),
    response: (frame: number, seconds: number, id?: number, type?: number, cut?: number) =>
      say(0x8180, frame, seconds, id, type, cut),
  }
}

describe('DnsTransactions', () => {
  it('matches a response to its query', () => {
    const { query, response } = scenario()
    query(1, 0)
    expect(response(2, 0.5)).toMatchObject({ responseTo: 1, latencyNs: 5e8, isRetransmission: false })
  })

  it('takes the same id within five seconds for a retransmission and measures from the first query', () => {
    const { query, response, transactions, unanswered } = scenario()
    query(1, 0)
    expect(query(2, 4.999)).toMatchObject({ isRetransmission: true, repeatsFrame: 1 })
    expect(response(3, 6)).toMatchObject({ responseTo: 1, latencyNs: 6e9 })
    transactions.drain()
    expect(unanswered).toEqual([])
  })

  it('begins anew after five seconds and tells of the query that nobody answered', () => {
    const { query, response, unanswered } = scenario()
    query(1, 0)
    expect(query(2, 5).isRetransmission).toBe(false)
    expect(unanswered).toEqual([1])
    expect(response(3, 6).responseTo).toBe(2)
  })

  it('calls a second response a retransmission, but not of a zone transfer', () => {
    const { query, response } = scenario()
    query(1, 0)
    response(2, 1)
    expect(response(3, 2)).toMatchObject({ isRetransmission: true, repeatsFrame: 2, responseTo: 0 })
    query(4, 10, 2, 252)
    response(5, 11, 2, 252)
    expect(response(6, 12, 2, 252)).toMatchObject({ isRetransmission: false, responseTo: 4 })
  })

  it('calls a response without a query unsolicited', () => {
    expect(scenario().response(1, 0).isUnsolicited).toBe(true)
  })

  it('tells nothing of a cut message, and leaves its query unanswered', () => {
    const { query, response, transactions, unanswered } = scenario()
    query(1, 0)
    expect(response(2, 1, 1, 1, 1)).toMatchObject({ responseTo: 0, isUnsolicited: false })
    expect(response(3, 2)).toMatchObject({ isRetransmission: true })
    transactions.drain()
    expect(unanswered).toEqual([1])
  })

  it('drops the oldest beyond its capacity and counts it', () => {
    const { query, transactions, unanswered } = scenario(2)
    for (let id = 1; id <= 3; id++) query(id, id, id)
    expect(transactions.dropped).toBe(1)
    expect(unanswered).toEqual([1])
  })
})
