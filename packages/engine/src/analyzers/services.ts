import type { Analyzer, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { HttpRequest, SshBanner } from '../protocols/messages.ts'
import type { QuicClientHello, TlsClientHello } from '../protocols/tls/messages.ts'
import { behaviourOf } from './services/behaviour.ts'
import { serviceConclusions } from './services/conclusions.ts'
import { serviceOfAlpn, serviceOfName } from './services/names.ts'
import { serviceOfPort } from './services/ports.ts'
import { serviceSection } from './services/section.ts'
import { addFlowOf, addMisplaced, mergeServiceTotals, newServiceTotals, type ServiceTotals } from './services/totals.ts'

/** Flows whose content was recognised, at most so many at a time; beyond, the port decides. */
const MOST_OPEN = 1 << 17

/** What each flow is for: by its content where that is readable, else by port, else by behaviour. */
export const services: AnalyzerDefinition = {
  id: 'services',
  title: 'Services',
  description:
    'Flows by service: from content (TLS and QUIC server names and ALPN, HTTP, SSH), else from the port, else from behaviour (bulk, streaming, interactive, telemetry), with what is neither said to be unknown.',
  create: () => new Services(),
}

interface Evidence {
  readonly service: string
  readonly frame: number
}

/** Cost: a message and a flow's end; nothing a packet. */
class Services implements Analyzer<ServiceTotals> {
  private readonly totals = newServiceTotals()
  /** By TCP stream, and by UDP stream; the first evidence of a flow counts. */
  private readonly tcp = new Map<number, Evidence>()
  private readonly udp = new Map<number, Evidence>()
  readonly on = {
    tlsClientHello: ({ stream, frame, hello }: TlsClientHello) =>
      this.take(this.tcp, stream, frame, serviceOfAlpn(hello.alpn) ?? 'TLS', hello.sni),
    quicClientHello: ({ flow, frame, hello }: QuicClientHello) =>
      this.take(this.udp, flow, frame, serviceOfAlpn(hello.alpn) ?? 'QUIC', hello.sni),
    httpRequest: ({ stream, frame, host }: HttpRequest) => {
      if (stream >= 0) this.take(this.tcp, stream, frame, 'HTTP', host)
    },
    sshBanner: ({ stream, frame }: SshBanner) => this.take(this.tcp, stream, frame, 'SSH', null),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  state(): ServiceTotals {
    return this.totals
  }

  merge(other: ServiceTotals): void {
    mergeServiceTotals(this.totals, other)
  }

  finish(): AnalyzerResult {
    return { section: serviceSection(services, this.totals), conclusions: serviceConclusions(this.totals) }
  }

  private take(flows: Map<number, Evidence>, flow: number, frame: number, service: string, name: string | null): void {
    if (flows.has(flow) || flows.size >= MOST_OPEN) return
    flows.set(flow, { service: serviceOfName(name) ?? service, frame })
  }

  private flowEnd(flow: Flow): void {
    const isTcp = flow.transport === 'tcp'
    const map = isTcp ? this.tcp : this.udp
    const evidence = map.size === 0 ? undefined : map.get(flow.number)
    const { initiator } = flow
    const byPort = serviceOfPort(flow.transport, flow.port(initiator ^ 1), flow.port(initiator))
    if (evidence !== undefined) {
      map.delete(flow.number)
      addFlowOf(this.totals, evidence.service, 'content', flow)
      addMisplaced(this.totals, evidence, byPort, flow)
    } else if (byPort !== null) addFlowOf(this.totals, byPort, 'port', flow)
    else {
      const behaviour = behaviourOf(flow)
      addFlowOf(this.totals, behaviour ?? 'unknown', behaviour === null ? 'none' : 'behaviour', flow)
    }
  }
}
