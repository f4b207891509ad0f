import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const dnsWords: Catalogue = {
  'dns-unanswered': {
    summary: (v) =>
      `${count(v.unanswered, 'DNS query', 'DNS queries')} of ${v.queries} never answered (${percent(v.unanswered, v.queries)})`,
    nextStep: 'ask the same server for the same name, and see whether the queries reach it',
  },
  'dns-slow': {
    summary: (v) =>
      `${count(v.answers, 'DNS answer')} took ${duration(v.limitNs)} or longer, together ${duration(v.totalNs)}`,
    nextStep: 'see whether one resolver is slow or one zone: compare the names and the servers',
  },
  'dns-errors': {
    summary: (v) =>
      `${count(v.errors, 'DNS answer')} with an error other than «no such name», ${v.serverFailures} of them server failures`,
    nextStep: 'look at the resolver that answered: its own upstream may fail, or the zone may be broken',
  },
}
