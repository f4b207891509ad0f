import type { Conclusion, Severity } from '../../finding.ts'
import { largest } from '../support/bounded-map.ts'
import { framesFilter } from '../support/display-filter.ts'
import { toEvidence } from '../support/evidence-frames.ts'
import { allTexts } from '../support/few-texts.ts'
import type { Initiator, Responder } from './hosts.ts'
import type { HandshakeTotals } from './totals.ts'
import { mergeSlowness, newSlowness, type Slowness, type Trouble } from './trouble.ts'

/** Hosts of each kind that get a finding of their own, the most costly ones. */
const MOST_HOSTS = 5
const LONG_NS = 1e9
const MANY_ATTEMPTS = 20

/** What the attempts amount to: for each host with a trouble one conclusion a kind. */
export function handshakeConclusions(totals: HandshakeTotals, slowNs: number): Conclusion[] {
  const { responders, initiators } = totals
  for (const responder of responders.values()) settleUndecided(responder)
  return [
    ...each(responders, (responder) => responder.unanswered, noAnswer),
    ...each(responders, (responder) => responder.refused, refused),
    ...each(responders, (responder) => responder.retried, retried),
    ...each(initiators, (initiator) => initiator.halfOpen, halfOpen),
    ...each(responders, (responder) => responder.slowServer, slowServer(slowNs)),
    ...each(responders, (responder) => responder.slowNetwork, slowNetwork(slowNs)),
    ...each(initiators, (initiator) => initiator.slowClient, slowClient(slowNs)),
    ...each(initiators, (initiator) => initiator.slowNetwork, slowNetworkOfClient(slowNs)),
  ]
}

/** Without data to compare with, a host that has answered much faster is slow itself; else the way is long. */
function settleUndecided(responder: Responder): void {
  const { slowUndecided, leastSynAckNs } = responder
  if (slowUndecided === null) return
  if (leastSynAckNs <= slowUndecided.leastNs / 2) mergeSlowness((responder.slowServer ??= newSlowness()), slowUndecided)
  else mergeSlowness((responder.slowNetwork ??= newSlowness()), slowUndecided)
}

function each<Host, T extends Trouble>(
  hosts: ReadonlyMap<string, Host>,
  troubleOf: (host: Host) => T | null,
  conclude: (name: string, host: Host, trouble: T) => Conclusion,
): Conclusion[] {
  const troubled = new Map<string, { host: Host; trouble: T }>()
  hosts.forEach((host, name) => {
    const trouble = troubleOf(host)
    if (trouble !== null) troubled.set(name, { host, trouble })
  })
  const rank = ({ trouble }: { trouble: T }) => trouble.costNs + trouble.attempts / 1e9
  return largest(troubled, MOST_HOSTS, rank).map(([name, { host, trouble }]) => conclude(name, host, trouble))
}

function base(kind: string, host: string, trouble: Trouble, severity: Severity) {
  const clients = allTexts(trouble.clients)
  return {
    kind,
    key: `${kind}:${host}`,
    severity,
    confidence: 'high',
    costNs: trouble.costNs > 0 ? trouble.costNs : null,
    evidence: toEvidence(trouble.frames),
    displayFilter: framesFilter(trouble.frames.frames),
    view: 'ours',
    hypotheses: [],
    needs: [],
    ...(clients === undefined ? {} : { causedBy: clients }),
  } as const
}

function portValues({ ports, attempts, costNs, longestNs }: Trouble) {
  return { ports: ports.length, port: ports[0] ?? 0, attempts, costNs, longestNs }
}

function noAnswer(host: string, responder: Responder, trouble: Trouble): Conclusion {
  const answered = responder.completed + (responder.refused?.attempts ?? 0)
  return {
    ...base('tcp-no-answer', host, trouble, responder.unansweredRetried > 0 ? 'medium' : 'low'),
    confidence: 'medium',
    values: {
      host,
      ...portValues(trouble),
      allAttempts: responder.attempts,
      syns: responder.unansweredSyns,
      retries: Math.max(0, responder.unansweredSyns - trouble.attempts),
    },
    hypotheses: [
      { id: 'host-unreachable', accepted: answered === 0, values: { answered } },
      { id: 'filtered', accepted: answered > 0, values: { answered } },
      {
        id: 'client-gave-up-early',
        accepted: responder.unansweredRetried === 0,
        values: { retried: responder.unansweredRetried, compliant: responder.unansweredCompliant },
      },
    ],
    needs: ['both-directions', 'no-capture-drops'],
    isAbsence: true,
  }
}

function refused(host: string, responder: Responder, trouble: Trouble): Conclusion {
  const isOnlyRefused = responder.completed === 0 && trouble.attempts >= MANY_ATTEMPTS
  return {
    ...base('tcp-refused', host, trouble, trouble.costNs >= LONG_NS || isOnlyRefused ? 'medium' : 'low'),
    values: { host, ...portValues(trouble), allAttempts: responder.attempts },
    hypotheses: [
      { id: 'host-down', accepted: false, values: { attempts: trouble.attempts } },
      { id: 'one-service-down', accepted: responder.completed > 0, values: { completed: responder.completed } },
    ],
    needs: ['both-directions'],
  }
}

function retried(host: string, responder: Responder, trouble: Trouble): Conclusion {
  const { answeredEarlier, attempts, retriedSyns } = responder
  const isLate = answeredEarlier * 2 > trouble.attempts
  const values = { attempts: answeredEarlier, retried: trouble.attempts }
  return {
    ...base('tcp-syn-retried', host, trouble, trouble.costNs >= LONG_NS ? 'medium' : 'low'),
    values: { host, ...portValues(trouble), allAttempts: attempts, retries: retriedSyns },
    hypotheses: [
      { id: 'lost', accepted: !isLate, values },
      { id: 'answer-late', accepted: isLate, values },
    ],
    needs: ['both-directions', 'no-capture-drops', 'connection-starts'],
  }
}

function halfOpen(host: string, initiator: Initiator, trouble: Trouble): Conclusion {
  const isNeverComplete = initiator.repeatedSyns === 0 && trouble.attempts >= MANY_ATTEMPTS
  return {
    ...base('tcp-half-open', host, trouble, 'medium'),
    causedBy: [host],
    confidence: 'medium',
    values: {
      host,
      ...portValues(trouble),
      synAcks: initiator.synAcks,
      repeats: initiator.synAcks - trouble.attempts,
    },
    hypotheses: [
      { id: 'client-unreachable', accepted: !isNeverComplete, values: { synAcks: initiator.synAcks } },
      { id: 'answer-lost', accepted: initiator.repeatedSyns > 0, values: { syns: initiator.repeatedSyns } },
      { id: 'never-meant', accepted: isNeverComplete, values: { attempts: trouble.attempts } },
      { id: 'server-at-fault', accepted: false, values: { synAcks: initiator.synAcks } },
    ],
    needs: ['both-directions', 'no-capture-drops'],
  }
}

function slowSeverity(slowness: Slowness, all: number): Severity {
  return slowness.costNs >= LONG_NS && slowness.attempts * 10 >= all ? 'medium' : 'low'
}

function slowServer(slowNs: number) {
  return (host: string, responder: Responder, slowness: Slowness): Conclusion => {
    const { slowUndecided, leastSynAckNs } = responder
    return {
      ...base('tcp-handshake-slow-server', host, slowness, slowSeverity(slowness, responder.attempts)),
      confidence: slowUndecided !== null ? 'low' : 'medium',
      values: { host, ...portValues(slowness), allAttempts: responder.completed, slowNs },
      hypotheses: [
        { id: 'server', accepted: true, values: { leastNs: leastSynAckNs } },
        { id: 'network', accepted: false, values: { leastNs: slowness.leastNs, fastestNs: leastSynAckNs } },
      ],
      needs: ['both-directions', 'monotone-clock', 'true-timing'],
    }
  }
}

function slowNetwork(slowNs: number) {
  return (host: string, responder: Responder, slowness: Slowness): Conclusion => ({
    ...base('tcp-handshake-slow-network', host, slowness, slowness.leastNs >= LONG_NS ? 'medium' : 'low'),
    confidence: responder.slowUndecided !== null ? 'low' : 'medium',
    values: { host, ...portValues(slowness), allAttempts: responder.completed, slowNs },
    hypotheses: [
      { id: 'network', accepted: true, values: { leastNs: responder.leastSynAckNs } },
      { id: 'server', accepted: false, values: { leastNs: responder.leastSynAckNs } },
    ],
    needs: ['both-directions', 'monotone-clock', 'true-timing'],
  })
}

function slowClient(slowNs: number) {
  return (host: string, _initiator: Initiator, slowness: Slowness): Conclusion => ({
    ...base('tcp-handshake-slow-client', host, slowness, slowness.costNs >= 10 * LONG_NS ? 'medium' : 'low'),
    confidence: 'medium',
    values: { host, ...portValues(slowness), allAttempts: slowness.attempts, slowNs },
    hypotheses: [
      { id: 'client', accepted: true, values: { leastNs: slowness.leastNs } },
      { id: 'server', accepted: false, values: { attempts: slowness.attempts } },
    ],
    needs: ['both-directions', 'monotone-clock', 'true-timing'],
  })
}

function slowNetworkOfClient(slowNs: number) {
  return (host: string, _initiator: Initiator, slowness: Slowness): Conclusion => ({
    ...base('tcp-handshake-slow-network', host, slowness, slowness.leastNs >= LONG_NS ? 'medium' : 'low'),
    key: `tcp-handshake-slow-network:client:${host}`,
    confidence: 'medium',
    values: { host, ...portValues(slowness), allAttempts: slowness.attempts, slowNs },
    hypotheses: [
      { id: 'network', accepted: true, values: { leastNs: slowness.leastNs } },
      { id: 'server', accepted: false, values: { leastNs: slowness.leastNs } },
    ],
    needs: ['both-directions', 'monotone-clock', 'true-timing'],
  })
}
