import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { IcmpMessage } from '../protocols/icmp.ts'
import type { Segment } from '../tcp/segment.ts'
import type { DetectorDefinition } from './detector.ts'
import { concludeScans } from './port-scan/conclusions.ts'
import { readPortUnreachable } from './port-scan/port-unreachable.ts'
import { FirstFlags, probeOf } from './port-scan/probe.ts'
import {
  addOpen,
  addPortUnreachable,
  addProbe,
  ECHO_KEY,
  mergeScanState,
  newScanState,
  portKey,
} from './port-scan/scan-state.ts'
import type { ScanState } from './port-scan/source.ts'
import { echoEnds } from './support/echo-ends.ts'
import { endedFlow } from './support/ended-flow.ts'

/** Who looks for open ports: many of one host, one of many hosts, or both. */
export const portScan: DetectorDefinition = {
  id: 'port-scan',
  title: 'Port scans',
  description:
    'Sources whose connections mostly fail, to many ports of a host or to one port of many hosts: SYN, connect, FIN, NULL, Xmas, ACK and UDP scans and ICMP sweeps, however slow.',
  attack: ['T1046', 'T1018', 'T1595.001'],
  lookAlikes: [
    'a browser that fans out to many hosts',
    'health checks of a load balancer',
    'a service with many clients',
    'backscatter of a flooded host',
    'traceroute',
    'a client that tries both ports of Windows shares',
  ],
  settings: {
    ports: {
      unit: 'count',
      default: 15,
      least: 3,
      most: 1000,
      description: 'Ports of one host that were tried in vain, from which it is a scan.',
    },
    hosts: {
      unit: 'count',
      default: 20,
      least: 3,
      most: 1000,
      description: 'Hosts where the same port was tried in vain, from which it is a scan.',
    },
    closedShare: {
      unit: 'ratio',
      default: 0.5,
      least: 0,
      most: 1,
      description: 'Least share of what was tried that was closed or silent; clients of real services stay below it.',
    },
  },
  create: (context) => new PortScan(context),
}

class PortScan implements Analyzer<ScanState> {
  private readonly counts = newScanState()
  private readonly firstFlags = new FirstFlags()
  private readonly context: AnalyzerContext
  readonly on = {
    remarkable: (segment: Segment) => {
      if (segment.isFirst) this.firstFlags.take(segment)
    },
    icmp: (message: IcmpMessage, packet: Packet) => this.icmp(message, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): ScanState {
    return this.counts
  }

  merge(other: ScanState): void {
    mergeScanState(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { context, counts } = this
    const { conclusions, scanners } = concludeScans(counts, {
      ports: context.setting('ports'),
      hosts: context.setting('hosts'),
      closedShare: context.setting('closedShare'),
    })
    return {
      section: {
        id: portScan.id,
        title: portScan.title,
        view: null,
        facts: [
          {
            key: 'sources',
            label: 'Sources looked at',
            unit: 'count',
            value: new Set([...counts.sources.keys(), ...counts.open.keys()]).size,
          },
          { key: 'scanners', label: 'Sources that scan', unit: 'count', value: scanners },
          { key: 'sourcesBeyond', label: 'Sources given up for room', unit: 'count', value: counts.droppedSources },
        ],
        tables: [],
      },
      conclusions,
    }
  }

  private icmp(message: IcmpMessage, packet: Packet): void {
    const { counts } = this
    const quoted = readPortUnreachable(message, packet)
    if (quoted !== null) addPortUnreachable(counts, quoted.source, quoted.target)
    const isAnswer = message.isEchoReply && message.requestFrame !== 0
    if (!message.isEchoRequest && !isAnswer) return
    const { sender, receiver } = echoEnds(message, packet)
    const { frame, timeNs } = message
    if (isAnswer) addOpen(counts, receiver, sender, ECHO_KEY)
    else {
      addProbe(counts, sender, receiver, {
        key: ECHO_KEY,
        technique: 'ICMP echo',
        isRefused: false,
        frame,
        firstTimeNs: timeNs,
        lastTimeNs: timeNs,
      })
    }
  }

  private flowEnd(flow: Flow): void {
    const ended = endedFlow(flow)
    const attempt = probeOf(ended, ended.isTcp ? this.firstFlags.give(flow.index) : 0)
    if (attempt === null) return
    const { source, target, technique, isRefused } = attempt
    const key = portKey(attempt.port, ended.isTcp)
    if (technique === null) {
      addOpen(this.counts, source, target, key)
      return
    }
    const { firstFrame: frame, firstTimeNs, lastTimeNs } = ended
    addProbe(this.counts, source, target, { key, technique, isRefused, frame, firstTimeNs, lastTimeNs })
  }
}
