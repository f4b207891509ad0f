import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion, Severity } from '../finding.ts'
import type { Flow } from '../flow/flow.ts'
import type { DetectorDefinition } from './detector.ts'
import { adminServices, isAdminPort } from './lateral-movement/admin-services.ts'
import { addVisit, mergeVisits, newVisitState, type Visitor, type VisitState } from './lateral-movement/visits.ts'
import { isInside } from './support/address-scope.ts'
import { endedFlow, isEstablished } from './support/ended-flow.ts'
import { mostSevere, securityConclusion, severityOf } from './support/security-conclusion.ts'

/** Hosts inside that work their way to many others by the means of administrators. */
export const lateralMovement: DetectorDefinition = {
  id: 'lateral-movement',
  title: 'Lateral movement',
  description:
    'Hosts inside that open real connections to administration services (SSH, SMB, RPC and WMI, RDP, WinRM, VNC) of many other hosts inside within a short time. Servers with many clients and seldom visits stay silent.',
  attack: ['T1021.001', 'T1021.002', 'T1021.004', 'T1021.005', 'T1021.006', 'T1047'],
  lookAlikes: ['a jump host used now and then', 'a file server with many clients', 'sessions with hosts outside'],
  settings: {
    hosts: {
      unit: 'count',
      default: 5,
      least: 2,
      most: 1000,
      description: 'Hosts first visited within the window, from which a visitor is told.',
    },
    window: {
      unit: 'ns',
      default: 1800e9,
      least: 1e9,
      most: 604_800e9,
      description: 'Span of time in which first visits are counted.',
    },
  },
  create: (context) => new LateralMovement(context),
}

class LateralMovement implements Analyzer<VisitState> {
  private readonly counts = newVisitState()
  private readonly context: AnalyzerContext
  readonly on = { flowEnd: (flow: Flow) => this.flowEnd(flow) }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): VisitState {
    return this.counts
  }

  merge(other: VisitState): void {
    mergeVisits(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { counts } = this
    const found = [...counts.visitors].flatMap(([source, visitor]) => this.conclude(source, visitor) ?? [])
    return {
      section: {
        id: lateralMovement.id,
        title: lateralMovement.title,
        view: null,
        facts: [
          { key: 'visitors', label: 'Hosts that administrate others', unit: 'count', value: counts.visitors.size },
          { key: 'moving', label: 'Of these many in a short time', unit: 'count', value: found.length },
          { key: 'visitorsBeyond', label: 'Given up for room', unit: 'count', value: counts.dropped },
        ],
        tables: [],
      },
      conclusions: mostSevere(found),
    }
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp' || !isAdminPort(flow.port(flow.initiator ^ 1))) return
    const ended = endedFlow(flow)
    const { initiator, responder, initiatorBytes, responderBytes } = ended
    if (!isEstablished(ended) || initiatorBytes === 0 || responderBytes === 0) return
    if (!isInside(initiator) || !isInside(responder)) return
    addVisit(this.counts, initiator, responder, ended.responderPort, ended.firstTimeNs, ended.firstFrame)
  }

  private conclude(source: string, visitor: Visitor): Conclusion | null {
    const { context } = this
    const visits = firstVisits(visitor)
    const least = context.setting('hosts')
    const busiest = busiestSpan(visits, context.setting('window'))
    if (busiest.length < least) return null
    const services = adminServices(new Set(busiest.flatMap(({ ports }) => ports)))
    const from = this.reachedFrom(source, busiest[0].timeNs)
    const values = {
      source,
      hosts: busiest.length,
      targets: visits.length + visitor.beyond,
      services: services.map(({ name }) => name).join(', '),
      durationNs: busiest[busiest.length - 1].timeNs - busiest[0].timeNs,
      first: busiest[0].target,
      from: from ?? '',
    }
    return securityConclusion({
      kind: 'lateral-movement',
      subject: source,
      severity: severity(
        severityOf(busiest.length, least),
        from !== null || services.length > 1 || services.some(({ isRare }) => isRare),
      ),
      confidence: from === null ? 'low' : 'medium',
      attack: services.map(({ attack }) => attack),
      frames: busiest.flatMap(({ frames }) => frames),
      values,
      hypotheses: [
        { id: 'spreading', accepted: true, values },
        { id: 'pivot', accepted: from !== null, values },
      ],
      needs: ['connection-starts'],
    })
  }

  /** The host that visited `source` before it began itself, the first one; null when none did. */
  private reachedFrom(source: string, beforeNs: number): string | null {
    let found: { readonly address: string; readonly frame: number } | null = null
    for (const [address, { targets }] of this.counts.visitors) {
      for (const { timeNs, frame } of targets.get(source)?.values() ?? []) {
        if (timeNs < beforeNs && (found === null || frame < found.frame)) found = { address, frame }
      }
    }
    return found?.address ?? null
  }
}

interface FirstVisit {
  readonly target: string
  readonly ports: readonly number[]
  readonly frames: readonly number[]
  readonly timeNs: number
}

/** When each target was visited first, in that order. */
function firstVisits({ targets }: Visitor): FirstVisit[] {
  return [...targets]
    .map(([target, ports]) => ({
      target,
      ports: [...ports.keys()],
      frames: [...ports.values()].map(({ frame }) => frame),
      timeNs: Math.min(...[...ports.values()].map(({ timeNs }) => timeNs)),
    }))
    .sort((a, b) => a.timeNs - b.timeNs || (a.target < b.target ? -1 : 1))
}

/** The most visits within any window, the first such span. */
function busiestSpan(visits: readonly FirstVisit[], windowNs: number): readonly FirstVisit[] {
  let best: readonly [start: number, end: number] = [0, 0]
  let start = 0
  for (let end = 0; end < visits.length; end++) {
    while (visits[end].timeNs - visits[start].timeNs > windowNs) start++
    if (end + 1 - start > best[1] - best[0]) best = [start, end + 1]
  }
  return visits.slice(...best)
}

function severity(bySize: Severity, isGrave: boolean): Severity {
  return isGrave && bySize === 'medium' ? 'high' : bySize
}
