import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { DetectorDefinition } from './detector.ts'
import {
  addFlow,
  type ExfiltrationState,
  mainService,
  mergeExfiltration,
  newExfiltrationState,
  type Transfer,
} from './exfiltration/transfers.ts'
import { isInside } from './support/address-scope.ts'
import { endedFlow } from './support/ended-flow.ts'
import { mostSevere, securityConclusion, severityOf } from './support/security-conclusion.ts'

/** Services to which people and programs upload every day: files, mail, the web, calls. */
const usualServices: ReadonlySet<string> = new Set([
  ...[20, 21, 22, 25, 80, 443, 465, 587, 873, 989, 990, 993, 1935, 8080, 8443].map((port) => `TCP ${port}`),
  ...[443, 500, 1194, 3478, 4500, 51820].map((port) => `UDP ${port}`),
])

/** Requests are smaller; flows that send less carry nothing out that would add up to anything. */
const LEAST_FLOW_BYTES = 2000

/** Much more sent out of the site than comes back. */
export const exfiltration: DetectorDefinition = {
  id: 'exfiltration',
  title: 'Data leaving the site',
  description:
    'Hosts inside that send much more to an address outside than they get from it, over services for uploads or, from less on, over unusual ports. What stays inside, is about even, or answers somebody else’s request does not count.',
  attack: ['T1048', 'T1567', 'T1571'],
  lookAlikes: ['a backup to a host inside', 'a video call', 'a download somebody outside began'],
  settings: {
    bytes: {
      unit: 'bytes',
      default: 50_000_000,
      least: 1000,
      most: 1e15,
      description: 'Payload sent to one address outside from which it is told.',
    },
    unusualBytes: {
      unit: 'bytes',
      default: 5_000_000,
      least: 1000,
      most: 1e15,
      description: 'The same where most of it goes to ports that are not usual for uploads.',
    },
    asymmetry: {
      unit: 'ratio',
      default: 5,
      least: 1,
      most: 1000,
      description: 'How many times as much must be sent as is received.',
    },
  },
  create: (context) => new Exfiltration(context),
}

class Exfiltration implements Analyzer<ExfiltrationState> {
  private readonly counts = newExfiltrationState()
  private readonly context: AnalyzerContext
  readonly on = { flowEnd: (flow: Flow) => this.flowEnd(flow) }

  private readonly leastBytes: number

  constructor(context: AnalyzerContext) {
    this.context = context
    this.leastBytes = Math.min(context.setting('bytes'), context.setting('unusualBytes'))
  }

  state(): ExfiltrationState {
    return this.counts
  }

  merge(other: ExfiltrationState): void {
    mergeExfiltration(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const found = [...counts.transfers.values()].flatMap((transfer) => this.conclude(transfer) ?? [])
    let sentBytes = 0
    for (const transfer of counts.transfers.values()) sentBytes += transfer.sentBytes
    return {
      section: {
        id: exfiltration.id,
        title: exfiltration.title,
        view: null,
        facts: [
          { key: 'pairs', label: 'Hosts inside and outside', unit: 'count', value: counts.transfers.size },
          { key: 'sentBytes', label: 'Payload sent outside', unit: 'bytes', value: sentBytes },
          { key: 'uploads', label: 'Large one-sided uploads', unit: 'count', value: found.length },
          { key: 'pairsBeyond', label: 'Given up for room', unit: 'count', value: counts.dropped },
        ],
        tables: [],
      },
      conclusions: mostSevere(found),
    }
  }

  private flowEnd(flow: Flow): void {
    if (flow.payloadBytes(flow.initiator) < LEAST_FLOW_BYTES) return
    const ended = endedFlow(flow)
    if (ended.leavesSite && isOwn(ended.initiator)) addFlow(this.counts, ended)
  }

  private conclude(transfer: Transfer): Conclusion | null {
    const { context } = this
    const { sentBytes, receivedBytes, source, target } = transfer
    if (sentBytes < this.leastBytes) return null
    const { name: service, bytes: serviceBytes } = mainService(transfer)
    const isUnusual = !usualServices.has(service) && serviceBytes * 2 > sentBytes
    const least = context.setting(isUnusual ? 'unusualBytes' : 'bytes')
    if (sentBytes < least || sentBytes < context.setting('asymmetry') * receivedBytes) return null
    const worst = severityOf(sentBytes, least)
    const values = {
      source,
      target,
      sentBytes,
      receivedBytes,
      service,
      flows: transfer.flows,
      least,
      durationNs: transfer.lastNs - transfer.firstNs,
    }
    return securityConclusion({
      kind: 'exfiltration',
      subject: `${source}>${target}`,
      severity: isUnusual ? worst : worst === 'medium' ? 'low' : 'medium',
      confidence: isUnusual && isInside(source) ? 'medium' : 'low',
      attack: isUnusual ? ['T1048', 'T1571'] : ['T1048', 'T1567'],
      frames: transfer.frames,
      values,
      hypotheses: [
        { id: 'oneSided', accepted: true, values },
        { id: 'unusualService', accepted: isUnusual, values },
        { id: 'conversation', accepted: false, values },
      ],
      needs: ['both-directions'],
    })
  }
}

/** A host of one's own: with IPv4 those have private addresses, with IPv6 as a rule global ones, and then whoever begins is taken for own. */
function isOwn(address: string): boolean {
  return isInside(address) || address.includes(':')
}
