import type { Catalogue, HypothesisWords } from '../words.ts'
import { count, duration } from './format.ts'

const hypotheses: Readonly<Record<string, HypothesisWords>> = {
  aborted: {
    statement: 'the host itself aborted the connection',
    because: (v) => `${v.foreign} of ${count(v.resets, 'RST')} came over another number of hops than its handshake`,
  },
  injected: {
    statement: 'something on the way sent the reset in its name',
    because: (v) => `${v.foreign} of ${count(v.resets, 'RST')} came over another number of hops than its handshake`,
  },
}

export const connectionEndWords: Catalogue = {
  'tcp-reset-handshake': {
    summary: (v) => `${v.endpoint} reset ${count(v.resets, 'connection')} right after accepting, before any data`,
    nextStep: 'look for an access list, a full connection table, or a balancer without a server behind it',
    hypotheses,
  },
  'tcp-reset-request': {
    summary: (v) => `${v.endpoint} reset ${count(v.resets, 'connection')} after the request, without an answer`,
    nextStep:
      'look in the log of the server for these times: crash, refusal by a filter, time limit or unexpected protocol',
    hypotheses,
  },
  'tcp-reset-transfer': {
    summary: (v) => `${v.endpoint} reset ${count(v.resets, 'connection')} in the middle of a transfer`,
    nextStep: 'see what the last data was, and whether the application ended, was restarted, or ran into a limit',
    hypotheses,
  },
  'tcp-half-closed': {
    summary: (v) =>
      `${v.host} did not close ${count(v.connections, 'connection')} that the other side had closed, up to ${duration(v.longestNs)} long`,
    nextStep: 'look for sockets in CLOSE_WAIT on that host: its application does not close what is over',
    hypotheses: {
      'not-closed': {
        statement: 'the application does not close',
        because: (v) => `${count(v.connections, 'connection')} with a FIN from one side only`,
      },
      'still-sending': {
        statement: 'it still had data to send',
        because: (v) => `no data came after the FIN in any of the ${count(v.connections, 'connection')}`,
      },
    },
  },
}
