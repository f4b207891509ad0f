import type { Fact, Section } from '../../report.ts'
import { largest } from '../support/bounded-map.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import { type HandshakeTotals, keepLongestWaits } from './totals.ts'

const MOST_ROWS = 20

/** Facts of the analyzer. */
export function handshakeSection(head: { id: string; title: string }, totals: HandshakeTotals): Section {
  const count = (key: string, label: string, value: number): Fact => ({ key, label, unit: 'count', value })
  return {
    id: head.id,
    title: head.title,
    view: 'ours',
    facts: [
      count('attempts', 'Connection attempts', totals.attempts),
      count('completed', 'Handshakes completed', totals.completed),
      count('refused', 'Refused (RST to a SYN)', totals.refused),
      count('unanswered', 'Never answered', totals.unanswered),
      count('waiting', 'Still waiting at the end of the capture', totals.waiting.length),
      count('halfOpen', 'Half-open (SYN-ACK without ACK)', totals.halfOpen),
      count('abandoned', 'Abandoned by RST after the SYN-ACK', totals.abandoned),
      count('midStream', 'Connections seen without handshake', totals.midStream),
      count('synRetries', 'SYNs sent again', totals.synRetries),
      count('synAckRetries', 'SYN-ACKs sent again', totals.synAckRetries),
      count('synAcksAfterAck', 'SYN-ACKs sent again after the ACK', totals.synAcksAfterAck),
      count('retriedAttempts', 'Attempts with retries', totals.retriedAttempts),
      count('compliantAttempts', 'Attempts whose retries double (RFC 6298)', totals.compliantAttempts),
      ...percentileFacts('synToSynAck', 'SYN to SYN-ACK', totals.synToSynAck),
      ...percentileFacts('synAckToAck', 'SYN-ACK to ACK', totals.synAckToAck),
      ...percentileFacts('handshake', 'Whole handshake', totals.total),
    ],
    tables: [responderTable(totals), retriedTable(totals)],
  }
}

function responderTable(totals: HandshakeTotals): Section['tables'][number] {
  const troubled = new Map([...totals.responders].filter(([, { attempts, completed }]) => attempts > completed))
  return {
    key: 'responders',
    title: 'Responders with attempts that did not complete',
    columns: [
      { key: 'responder', label: 'Responder', unit: 'address' },
      { key: 'attempts', label: 'Attempts', unit: 'count' },
      { key: 'completed', label: 'Completed', unit: 'count' },
      { key: 'refused', label: 'Refused', unit: 'count' },
      { key: 'unanswered', label: 'Never answered', unit: 'count' },
      { key: 'retried', label: 'Answered after retries', unit: 'count' },
      { key: 'leastSynAckNs', label: 'Fastest SYN-ACK', unit: 'ns' },
    ],
    rows: largest(troubled, MOST_ROWS, ({ attempts, completed }) => attempts - completed).map(([host, responder]) => [
      host,
      responder.attempts,
      responder.completed,
      responder.refused?.attempts ?? 0,
      responder.unanswered?.attempts ?? 0,
      responder.retried?.attempts ?? 0,
      responder.leastSynAckNs === Number.POSITIVE_INFINITY ? null : responder.leastSynAckNs,
    ]),
    total: troubled.size,
  }
}

function retriedTable(totals: HandshakeTotals): Section['tables'][number] {
  keepLongestWaits(totals)
  return {
    key: 'retried',
    title: 'Attempts that were repeated, longest wait first',
    columns: [
      { key: 'stream', label: 'Stream', unit: 'stream' },
      { key: 'firstFrame', label: 'First frame', unit: 'frame' },
      { key: 'initiator', label: 'Initiator', unit: 'address' },
      { key: 'initiatorPort', label: 'Port', unit: 'port' },
      { key: 'responder', label: 'Responder', unit: 'address' },
      { key: 'responderPort', label: 'Port', unit: 'port' },
      { key: 'syns', label: 'SYNs', unit: 'count' },
      { key: 'synAcks', label: 'SYN-ACKs', unit: 'count' },
      { key: 'waitedNs', label: 'Waited', unit: 'ns' },
      { key: 'backOff', label: 'Waits', unit: 'text' },
      { key: 'isCompliant', label: 'As RFC 6298', unit: 'text' },
      { key: 'outcome', label: 'Outcome', unit: 'text' },
    ],
    rows: totals.retried
      .slice(0, MOST_ROWS)
      .map((attempt) => [
        attempt.stream,
        attempt.firstFrame,
        attempt.initiator,
        attempt.initiatorPort,
        attempt.responder,
        attempt.responderPort,
        attempt.syns,
        attempt.synAcks,
        attempt.waitedNs,
        attempt.backOff,
        attempt.isCompliant,
        attempt.outcome,
      ]),
    total: totals.retriedAttempts,
  }
}
