import type { DnsMessageEvent } from '@pcap-analyzer/engine/observe'
import { endColumns, type ListDefinition } from './list.ts'
import { StreamEnds } from './stream-ends.ts'

/** Every DNS response with its query, and every query without one. */
export const dns: ListDefinition = {
  id: 'dns',
  description: 'every DNS, mDNS and LLMNR response with the query it answers, and every query that none answers',
  columns: [
    { key: 'frame', label: 'Frame', unit: 'frame' },
    { key: 'time', label: 'Time', unit: 'time' },
    { key: 'family', label: 'Family', unit: 'protocol' },
    { key: 'transport', label: 'Transport', unit: 'protocol' },
    { key: 'stream', label: 'Stream', unit: 'stream' },
    ...endColumns,
    { key: 'id', label: 'Id', unit: 'count' },
    { key: 'name', label: 'Name', unit: 'text' },
    { key: 'type', label: 'Type', unit: 'count' },
    { key: 'queryFrame', label: 'Query', unit: 'frame' },
    { key: 'latencyNs', label: 'Latency', unit: 'ns' },
    { key: 'rcode', label: 'Response code', unit: 'count' },
    { key: 'answers', label: 'Answers', unit: 'count' },
    { key: 'outcome', label: 'Outcome', unit: 'text' },
  ],
  create: (context) => {
    const ends = new StreamEnds(context)
    const tell = (message: DnsMessageEvent, outcome: string) =>
      context.take([
        message.frame,
        context.time(message.timeNs),
        message.family,
        message.transport,
        message.stream,
        ...ends.of(message.transport, message.stream),
        message.id,
        message.name,
        message.type,
        message.responseTo || null,
        message.responseTo === 0 ? null : message.latencyNs,
        message.isResponse ? message.rcode : null,
        message.isResponse ? message.answerCount : null,
        outcome,
      ])
    return {
      ...ends.on,
      dns: (message) => {
        ends.of(message.transport, message.stream) // remembered while its flow is at hand
        if (message.isResponse) tell(message, message.responseTo === 0 ? 'unasked' : 'answered')
      },
      dnsUnanswered: (message) => tell(message, 'no answer'),
    }
  },
}
