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
  'dns-search-path': {
    summary: (v) =>
      `${count(v.vain, 'DNS answer')} of ${v.responses} said «no such name» because ${count(v.names, 'name')} ${v.names === 1 ? 'was' : 'were'} asked for below search domains first: a search path (ndots in Kubernetes), not an error`,
    nextStep: 'to save these questions, end such names with a dot where they are configured, or lower ndots',
  },
}
