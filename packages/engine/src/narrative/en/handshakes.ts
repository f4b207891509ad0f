import type { Values } from '../../finding.ts'
import { endpointText } from '../../text/endpoint.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration } from './format.ts'

/** The host with its port, or with the number of ports. */
function target({ host, port, ports }: Values): string {
  return Number(ports) > 1 ? `${host} (${ports} ports)` : endpointText(String(host), Number(port))
}

const slowNetwork: Words = {
  summary: (v) =>
    `${count(v.attempts, 'handshake')} with ${v.host} took ${duration(v.slowNs)} or longer because the way there is long: as long as the round trip of data, ${duration(v.longestNs)} at most`,
  nextStep:
    'look where on the path the time is spent (traceroute, a capture halfway); a distant server needs fewer round trips, not a faster host',
  hypotheses: {
    network: {
      statement: 'the network makes it slow',
      because: (v) => `no answer came sooner than after ${duration(v.leastNs)}, and data was acknowledged as late`,
    },
    server: {
      statement: 'the host answers slowly',
      because: (v) => `a slow host would acknowledge data sooner than its slow answer of ${duration(v.leastNs)}`,
    },
  },
}

export const handshakeWords: Catalogue = {
  'tcp-no-answer': {
    summary: (v) =>
      `${target(v)} never answered ${count(v.attempts, 'connection attempt')} of ${v.allAttempts}: ${count(v.syns, 'SYN')} (${count(v.retries, 'retry', 'retries')}), ${duration(v.costNs)} waited`,
    nextStep:
      'capture at the server: if the SYNs arrive, look at its firewall and listen queue; if not, at the filters on the way',
    hypotheses: {
      'host-unreachable': {
        statement: 'the host is down or cannot be reached',
        because: (v) => `it answered ${count(v.answered, 'attempt')}`,
      },
      filtered: {
        statement: 'something drops these SYNs, or they were lost, while the host is up',
        because: (v) => `it answered ${count(v.answered, 'other attempt')}`,
      },
      'client-gave-up-early': {
        statement: 'the client gave up before an answer could come',
        because: (v) =>
          `${count(v.retried, 'attempt')} sent the SYN again, ${v.compliant} of them with doubling waits as RFC 6298 asks`,
      },
    },
  },
  'tcp-refused': {
    summary: (v) =>
      `${target(v)} refused ${count(v.attempts, 'connection attempt')} of ${v.allAttempts} with RST${Number(v.costNs) > 0 ? `, ${duration(v.costNs)} after the first SYNs` : ''}`,
    nextStep: 'check that the service runs and listens on that address and port, and that no firewall rule rejects',
    hypotheses: {
      'host-down': {
        statement: 'the host is down',
        because: (v) => `it sent ${count(v.attempts, 'RST')}`,
      },
      'one-service-down': {
        statement: 'only some services of the host refuse',
        because: (v) => `it accepted ${count(v.completed, 'other connection')}`,
      },
    },
  },
  'tcp-syn-retried': {
    summary: (v) =>
      `${count(v.attempts, 'connection')} of ${v.allAttempts} to ${target(v)} opened only after ${count(v.retries, 'repeated SYN')}, ${duration(v.costNs)} waited, ${duration(v.longestNs)} at most`,
    nextStep:
      'capture at the server: a SYN that arrives there unanswered means a full listen queue, one that does not arrive was lost',
    hypotheses: {
      lost: {
        statement: 'SYNs or their answers were lost or dropped',
        because: (v) =>
          `the SYN-ACK answers a SYN before the last in only ${v.attempts} of ${count(v.retried, 'attempt')}`,
      },
      'answer-late': {
        statement: 'the answer was only late',
        because: (v) => `in ${v.attempts} of ${count(v.retried, 'attempt')} the SYN-ACK answers a SYN before the last`,
      },
    },
  },
  'tcp-half-open': {
    summary: (v) =>
      `${v.host} did not complete ${count(v.attempts, 'handshake')}: the server sent its SYN-ACK again ${count(v.repeats, 'time')} in ${duration(v.costNs)} and got no ACK`,
    nextStep:
      'capture at the client: see whether the SYN-ACK arrives there; if so, look at its firewall, if not, at the way back',
    hypotheses: {
      'client-unreachable': {
        statement: 'the way back to the client is broken, or the client has gone',
        because: (v) => `${count(v.synAcks, 'SYN-ACK')} without an answer`,
      },
      'answer-lost': {
        statement: 'the SYN-ACK does not reach the client',
        because: (v) => `the client repeated its SYN ${count(v.syns, 'time')}`,
      },
      'never-meant': {
        statement: 'the SYNs came from a scan or a forged address',
        because: (v) => `${count(v.attempts, 'attempt')}, and not one SYN was repeated`,
      },
      'server-at-fault': {
        statement: 'the server is the cause',
        because: (v) => `it answered, ${count(v.synAcks, 'time')} in all`,
      },
    },
  },
  'tcp-handshake-slow-server': {
    summary: (v) =>
      `${target(v)} answered ${count(v.attempts, 'SYN')} only after ${duration(v.slowNs)} or longer (${duration(v.longestNs)} at most), though the way there is short`,
    nextStep: 'look at the load and the listen queue of the host, and at firewalls or proxies that answer for it',
    hypotheses: {
      server: {
        statement: 'the host, or what answers for it, is slow to accept',
        because: (v) => `its fastest SYN-ACK took ${duration(v.leastNs)}`,
      },
      network: {
        statement: 'the network is slow',
        because: (v) =>
          `data was acknowledged, or another handshake answered (${duration(v.fastestNs)}), in less than half of ${duration(v.leastNs)}`,
      },
    },
  },
  'tcp-handshake-slow-network': slowNetwork,
  'tcp-handshake-slow-client': {
    summary: (v) =>
      `${v.host} took ${duration(v.longestNs)} at most to send the last ACK of ${count(v.attempts, 'handshake')}`,
    nextStep: 'look at the load of the client, and whether the capture was taken near it',
    hypotheses: {
      client: {
        statement: 'the client is slow to acknowledge',
        because: (v) => `${duration(v.leastNs)} or longer between SYN-ACK and ACK, and no round trip of data as long`,
      },
      server: {
        statement: 'the server is the cause',
        because: (v) => `its SYN-ACK had already passed in ${count(v.attempts, 'handshake')}`,
      },
    },
  },
}
