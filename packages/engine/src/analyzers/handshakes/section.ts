import type { Fact, Section, Table } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
import { largest } from '../support/bounded-map.ts'
import { percentileFacts } from '../support/percentile-facts.ts'
import { type HandshakeTotals, keepLongestWaits } from './totals.ts'

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

function responderTable(totals: HandshakeTotals): Table {
  const troubled = new Map([...totals.responders].filter(([, { attempts, completed }]) => attempts > completed))
  return tableOf(
    { key: 'responders', title: 'Responders with attempts that did not complete', total: troubled.size },
    largest(troubled, MOST_ROWS, ({ attempts, completed }) => attempts - completed),
    [
      { key: 'responder', label: 'Responder', unit: 'address', value: ([host]) => host },
      { key: 'attempts', label: 'Attempts', unit: 'count', value: ([, responder]) => responder.attempts },
      { key: 'completed', label: 'Completed', unit: 'count', value: ([, responder]) => responder.completed },
      { key: 'refused', label: 'Refused', unit: 'count', value: ([, responder]) => responder.refused?.attempts ?? 0 },
      {
        key: 'unanswered',
        label: 'Never answered',
        unit: 'count',
        value: ([, responder]) => responder.unanswered?.attempts ?? 0,
      },
      {
        key: 'retried',
        label: 'Answered after retries',
        unit: 'count',
        value: ([, responder]) => responder.retried?.attempts ?? 0,
      },
      {
        key: 'leastSynAckNs',
        label: 'Fastest SYN-ACK',
        unit: 'ns',
        value: ([, responder]) =>
          responder.leastSynAckNs === Number.POSITIVE_INFINITY ? null : responder.leastSynAckNs,
      },
    ],
  )
}

function retriedTable(totals: HandshakeTotals): Table {
  keepLongestWaits(totals)
  return tableOf(
    { key: 'retried', title: 'Attempts that were repeated, longest wait first', total: totals.retriedAttempts },
    totals.retried.slice(0, MOST_ROWS),
    [
      { key: 'stream', label: 'Stream', unit: 'stream', value: (attempt) => attempt.stream },
      { key: 'firstFrame', label: 'First frame', unit: 'frame', value: (attempt) => attempt.firstFrame },
      { key: 'initiator', label: 'Initiator', unit: 'address', value: (attempt) => attempt.initiator },
      { key: 'initiatorPort', label: 'Port', unit: 'port', value: (attempt) => attempt.initiatorPort },
      { key: 'responder', label: 'Responder', unit: 'address', value: (attempt) => attempt.responder },
      { key: 'responderPort', label: 'Port', unit: 'port', value: (attempt) => attempt.responderPort },
      { key: 'syns', label: 'SYNs', unit: 'count', value: (attempt) => attempt.syns },
      { key: 'synAcks', label: 'SYN-ACKs', unit: 'count', value: (attempt) => attempt.synAcks },
      { key: 'waitedNs', label: 'Waited', unit: 'ns', value: (attempt) => attempt.waitedNs },
      { key: 'backOff', label: 'Waits', unit: 'text', value: (attempt) => attempt.backOff },
      { key: 'isCompliant', label: 'As RFC 6298', unit: 'text', value: (attempt) => attempt.isCompliant },
      { key: 'outcome', label: 'Outcome', unit: 'text', value: (attempt) => attempt.outcome },
    ],
  )
}
