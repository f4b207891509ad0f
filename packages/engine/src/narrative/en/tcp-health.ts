import type { Values } from '../../finding.ts'
import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const tcpHealthWords: Catalogue = {
  'tcp-loss': {
    summary: (v) =>
      `${count(v.lost, 'segment')} of ${v.dataSegments} with data had to be sent again (${percent(v.lost, v.dataSegments)}), ${Math.max(Number(v.before), Number(v.after))} of them lost ${
        isMostlyBefore(v) ? 'between the senders and the capture point' : 'between the capture point and the receivers'
      }`,
    nextStep: (v) =>
      isMostlyBefore(v)
        ? 'capture nearer to the senders: the loss is on the way from them to here'
        : 'capture nearer to the receivers: the loss is on the way from here to them',
    hypotheses: {
      'before-capture': {
        statement: 'lost between sender and capture point',
        because: (v) => `${count(v.segments, 'segment')} sent again that had never passed the capture point`,
      },
      'after-capture': {
        statement: 'lost, or their acknowledgments, between capture point and receiver',
        because: (v) => `${count(v.segments, 'segment')} sent again that had passed the capture point`,
      },
      reordered: {
        statement: 'only reordered',
        because: (v) =>
          `${count(v.segments, 'segment')} beside these arrived late, with older timestamps or IP identification`,
      },
      needless: {
        statement: 'repeated needlessly',
        because: (v) =>
          `${count(v.segments, 'segment')} beside these had been covered by an ACK or SACK; ${count(v.dsacks, 'DSACK')}`,
      },
      throughput: {
        statement: 'it limited how fast bulk data went',
        because: (v) =>
          `${v.sender} to ${v.receiver} reached ${v.megabitsPerSecond} Mbit/s with ${percent(v.lost, v.segments)} lost, with which Reno keeps about ${v.boundMegabitsPerSecond} Mbit/s at a round trip of ${duration(v.rttNs)}: segment / round trip × 1.22 / √loss, Mathis 1997`,
      },
    },
  },
  'tcp-retransmissions': {
    summary: (v) =>
      `tshark flags ${count(v.retransmissions, 'retransmission')} among ${count(v.sequencedSegments, 'segment')} with data, SYN or FIN (${percent(v.retransmissions, v.sequencedSegments)}): ${v.plain} plain, ${v.fast} fast, ${v.spurious} spurious; ${duration(v.waitedNs)} of waiting${
        v.sender === '' ? '' : `; most time lost by ${v.sender}:${v.senderPort} to ${v.receiver}:${v.receiverPort}`
      }`,
    nextStep: 'compare with our own view of loss, which tells the side of the capture point',
  },
  'tcp-zero-window': {
    summary: (v) =>
      `receivers closed their window in ${count(v.segments, 'segment')}, senders had to wait ${duration(v.zeroWindowNs)}${
        v.sender === '' ? '' : `; longest at ${v.sender}:${v.senderPort} (${duration(v.longestNs)})`
      }`,
    nextStep: 'look at the load of the receiving host and at what its application does while the window is closed',
    hypotheses: {
      'slow-reader': {
        statement: 'the receiving application reads too slowly',
        because: (v) => `windows stayed closed for ${duration(v.zeroWindowNs)} in total`,
      },
      network: {
        statement: 'the network is the bottleneck',
        because: () => 'a receiver closes its window only when data has arrived faster than it was read',
      },
    },
  },
  'tcp-syn-retransmissions': {
    summary: (v) =>
      `${count(v.retransmissions, 'SYN or SYN-ACK', 'SYNs or SYN-ACKs')} had to be sent again; connections waited ${duration(v.synWaitNs)} for an answer, ${duration(v.unansweredWaitNs)} in vain`,
    nextStep: 'see whether the SYNs reach the server: capture there, or look at firewall drop counters',
  },
  'tcp-connection-refused': {
    summary: (v) =>
      `${count(v.attempts, 'connection attempt')} of ${v.connections} answered by RST: nothing listens there, or something rejects`,
    nextStep: 'check that the service runs and listens on the address and port that the clients use',
  },
  'tcp-syn-unanswered': {
    summary: (v) =>
      `${count(v.attempts, 'connection attempt')} of ${v.connections} never answered: dropped by a filter, host down, or the answer not captured`,
    nextStep: 'capture at the server, to see whether the SYNs arrive and whether an answer leaves',
  },
  'tcp-resets': {
    summary: (v) => `${count(v.segments, 'segment')} with RST, ${v.refusals} of them refused a connection`,
    nextStep: 'see who sends them, and whether data was still on the way',
  },
  'capture-duplicates': {
    summary: (v) =>
      `${count(v.duplicates, 'segment')} of ${v.segments} recorded twice: a mirrored port or two interfaces; tshark counts them as retransmissions and duplicate ACKs, we do not`,
    nextStep: 'remove them with editcap -d, or mirror one direction of one port only',
  },
}

function isMostlyBefore({ before, after }: Values): boolean {
  return Number(before) > Number(after)
}
