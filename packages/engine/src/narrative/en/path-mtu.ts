import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const pathMtuWords: Catalogue = {
  'path-mtu-black-hole': {
    summary: (v) =>
      `segments of ${v.stuckBytes} bytes from ${v.sender} never reach ${v.receiver} (${count(v.resends, 'resend')} in ${count(v.connections, 'connection')}, ${duration(v.costNs)}), while up to ${v.deliveredBytes} bytes pass: a path MTU black hole`,
    nextStep: (v) =>
      Number(v.messages) > 0
        ? `let ICMP «packet too big» reach ${v.sender}, or lower its MTU or the MSS on the way`
        : 'find the hop with the smaller MTU (ping with DF and falling sizes), let its ICMP messages pass, or clamp the MSS there',
    hypotheses: {
      'too-large': {
        statement: 'the packets are too large for the path',
        because: (v) =>
          `${v.stuckBytes} bytes did not pass, the largest that did before had ${v.deliveredBytes}; ${count(v.resolved, 'connection')} went on with smaller ones`,
      },
      'icmp-lost': {
        statement: 'nobody tells the sender: the ICMP message is filtered or never sent',
        because: (v) => `${count(v.messages, 'ICMP message')} about this destination in the capture`,
      },
      'icmp-ignored': {
        statement: 'the ICMP message was sent and did not help',
        because: (v) => `${count(v.messages, 'message')} told an MTU of ${v.mtu} bytes`,
      },
      'receiver-gone': {
        statement: 'the receiver is gone',
        because: (v) => `it sent ${count(v.peerSegments, 'segment')} meanwhile`,
      },
    },
  },
  'tcp-peer-silent': {
    summary: (v) =>
      `${v.receiver} no longer acknowledges data of ${v.sender}: ${count(v.resends, 'resend')} in ${count(v.connections, 'connection')} in vain, ${duration(v.costNs)}`,
    nextStep:
      'see whether the receiver was restarted or moved, and whether a firewall or NAT in between forgot the connection',
    hypotheses: {
      gone: {
        statement: 'the receiver, or the way to it, is gone',
        because: (v) => `it sent ${count(v.peerSegments, 'segment')} after the data`,
      },
      'one-way': {
        statement: 'only the way to the receiver is broken',
        because: (v) => `it sent ${count(v.peerSegments, 'segment')} after the data, none of which acknowledges it`,
      },
      'too-large': {
        statement: 'the segments are too large for the path',
        because: (v) => `segments of ${v.deliveredBytes} bytes had passed before; these have ${v.stuckBytes}`,
      },
    },
  },
}
