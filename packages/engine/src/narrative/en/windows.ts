import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const windowWords: Catalogue = {
  'tcp-receiver-full': {
    summary: (v) =>
      `${v.host} closed its receive window in ${count(v.segments, 'segment')} of ${count(v.connections, 'connection')}, senders had to wait ${duration(v.costNs)}, ${duration(v.longestNs)} at most`,
    nextStep: (v) =>
      `look at ${v.host}: its load, and what the application that receives there does while the window is closed`,
    hypotheses: {
      'slow-reader': {
        statement: 'the application that receives reads too slowly',
        because: (v) => `its host kept the window closed for ${duration(v.costNs)}`,
      },
      network: {
        statement: 'the network is the bottleneck',
        because: (v) => `the data had arrived: ${count(v.segments, 'segment')} of the receiver say its buffer is full`,
      },
      sender: {
        statement: 'the sender is at fault',
        because: (v) => `it may not send into a closed window, and was told ${count(v.segments, 'time')}`,
      },
    },
  },
  'tcp-window-too-small': {
    summary: (v) =>
      `the receive window of ${v.host} held back ${count(v.transfers, 'transfer')}: ${v.windowBytes} bytes a round trip of ${duration(v.rttNs)}, that is ${v.megabitsPerSecond} Mbit/s; one twice as large saves ${duration(v.costNs)}, if the path has room`,
    nextStep: (v) =>
      `raise the receive buffer of ${v.host} or let the system tune it, and check that window scaling is not removed on the way`,
    hypotheses: {
      window: {
        statement: 'the receive window is too small for the round trip',
        because: (v) =>
          `the sender had filled it ${v.resumedFull} of the ${count(v.resumes, 'time')} it could go on (${percent(v.resumedFull, v.resumes)})`,
      },
      'slow-reader': {
        statement: 'the receiving application reads too slowly',
        because: (v) => `the window was closed ${count(v.zeroWindows, 'time')}`,
      },
    },
  },
}
