import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const dnsWords: Catalogue = {
  'dns-unanswered': {
    summary: (v) =>
      `${count(v.unanswered, 'DNS query', 'DNS queries')} of ${v.queries} never answered (${percent(v.unanswered, v.queries)})`,
    nextStep: 'ask the same server for the same name, and see whether the queries reach it',
    hypotheses: {
      'server-gone': {
        statement: 'the name servers are not there, or not reached',
        because: (v) => `${count(v.answered, 'answer')} came to other queries`,
      },
      'some-lost': {
        statement: 'queries or answers are lost, or some names never answered',
        because: (v) =>
          `${count(v.answered, 'other query was', 'other queries were')} answered; ${count(v.repeated, 'message')} repeated`,
      },
    },
  },
  'dns-slow': {
    summary: (v) =>
      `${count(v.answers, 'DNS answer')} took ${duration(v.limitNs)} or longer, together ${duration(v.totalNs)}`,
    nextStep: 'see whether one resolver is slow or one zone: compare the names and the servers',
    hypotheses: {
      'some-names': {
        statement: 'some names take long to resolve',
        because: (v) => `${v.slow} of ${count(v.answers, 'answer')} were slow, the median took ${duration(v.medianNs)}`,
      },
      resolver: {
        statement: 'the resolver is slow, or far away',
        because: (v) => `the median of all answers took ${duration(v.medianNs)}`,
      },
      lost: {
        statement: 'queries were lost and repeated',
        because: (v) => `${count(v.repeated, 'message')} repeated`,
      },
    },
  },
  'dns-errors': {
    summary: (v) =>
      `${count(v.errors, 'DNS answer')} with an error other than «no such name», ${v.serverFailures} of them server failures`,
    nextStep: 'look at the resolver that answered: its own upstream may fail, or the zone may be broken',
    hypotheses: {
      upstream: {
        statement: 'the resolver or what it asks fails',
        because: (v) => `${count(v.serverFailures, 'server failure')} among the answers`,
      },
      refused: {
        statement: 'the server does not want to answer',
        because: (v) => `${count(v.others, 'answer')} with another error`,
      },
    },
  },
  'dns-search-path': {
    summary: (v) =>
      `${count(v.vain, 'DNS answer')} of ${v.responses} said «no such name» because ${count(v.names, 'name')} ${v.names === 1 ? 'was' : 'were'} asked for below search domains first: a search path (ndots in Kubernetes), not an error`,
    nextStep: 'to save these questions, end such names with a dot where they are configured, or lower ndots',
  },
}
