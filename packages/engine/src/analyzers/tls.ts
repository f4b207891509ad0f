import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Conclusion } from '../finding.ts'
import { alertDescriptionName, alertLevelName } from '../protocols/tls/alert.ts'
import type {
  QuicClientHello,
  TlsAlert,
  TlsCertificate,
  TlsClientHello,
  TlsServerHello,
} from '../protocols/tls/messages.ts'
import { tlsVersionName } from '../protocols/tls/version-names.ts'
import type { CaptureSummary, Table } from '../report.ts'
import { MOST_ROWS, tableOf } from '../tables.ts'
import { largest } from './support/bounded-map.ts'
import { addCount, countTable, mergeCounts } from './support/counter.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence, toEvidence } from './support/evidence-frames.ts'
import {
  addCertificate,
  concludeCertificates,
  dayText,
  mergeCertificates,
  type ShownCertificates,
} from './tls/certificates.ts'

const MOST_KEYS = 1 << 13
const FATAL = 2
const DAY_NS = 86_400e9

/** TLS over TCP and in QUIC: names, versions, fingerprints, certificates in clear, alerts. */
export const tls: AnalyzerDefinition = {
  id: 'tls',
  title: 'TLS and QUIC',
  description:
    'Server names, versions, ALPN, JA3 and JA4 of clients, certificates where in clear, alerts; TLS over TCP and in QUIC Initial packets.',
  settings: {
    endsSoon: {
      unit: 'ns',
      default: 14 * DAY_NS,
      least: 0,
      most: 365 * DAY_NS,
      description: 'Certificates that end within this time after the capture began are told.',
    },
  },
  create: (context) => new Tls(context),
}

interface State {
  clientHellos: number
  quicHellos: number
  names: Map<string, number>
  versions: Map<string, number>
  protocols: Map<string, number>
  fingerprints: Map<string, number>
  alerts: Map<string, number>
  fatal: EvidenceFrames
  certificates: ShownCertificates
}

class Tls implements Analyzer<State> {
  private readonly counts: State = {
    clientHellos: 0,
    quicHellos: 0,
    names: new Map(),
    versions: new Map(),
    protocols: new Map(),
    fingerprints: new Map(),
    alerts: new Map(),
    fatal: newEvidence(),
    certificates: new Map(),
  }
  readonly on = {
    tlsClientHello: (message: TlsClientHello) => {
      this.counts.clientHellos++
      this.hello(message)
    },
    quicClientHello: (message: QuicClientHello) => {
      this.counts.quicHellos++
      this.hello(message)
    },
    tlsServerHello: ({ hello }: TlsServerHello) => {
      if (hello.version !== null) addCount(this.counts.versions, tlsVersionName(hello.version), MOST_KEYS)
    },
    tlsCertificate: (message: TlsCertificate) => addCertificate(this.counts.certificates, message),
    tlsAlert: (message: TlsAlert) => this.alert(message),
  }

  private readonly soonSeconds: number

  constructor(context: AnalyzerContext) {
    this.soonSeconds = context.setting('endsSoon') / 1e9
  }

  state(): State {
    return this.counts
  }

  merge(other: State): void {
    const { counts } = this
    counts.clientHellos += other.clientHellos
    counts.quicHellos += other.quicHellos
    for (const name of ['names', 'versions', 'protocols', 'fingerprints', 'alerts'] as const) {
      mergeCounts(counts[name], other[name], MOST_KEYS)
    }
    mergeEvidence(counts.fatal, other.fatal)
    mergeCertificates(counts.certificates, other.certificates)
  }

  finish(capture: CaptureSummary): AnalyzerResult {
    const { counts } = this
    const hellos = { key: 'hellos', label: 'Client hellos', unit: 'count' } as const
    const text = (key: string, label: string) => ({ key, label, unit: 'text' }) as const
    return {
      section: {
        id: tls.id,
        title: tls.title,
        view: null,
        facts: [
          { key: 'clientHellos', label: 'Client hellos over TCP', unit: 'count', value: counts.clientHellos },
          { key: 'quicHellos', label: 'Client hellos in QUIC', unit: 'count', value: counts.quicHellos },
          { key: 'fatalAlerts', label: 'Fatal alerts in clear', unit: 'count', value: counts.fatal.total },
        ],
        tables: [
          countTable('names', 'Server names', text('name', 'Name'), hellos, counts.names),
          countTable(
            'versions',
            'Versions agreed',
            text('version', 'Version'),
            { key: 'servers', label: 'Server hellos', unit: 'count' },
            counts.versions,
          ),
          countTable('protocols', 'Application protocols offered', text('protocol', 'ALPN'), hellos, counts.protocols),
          countTable(
            'fingerprints',
            'Fingerprints of clients',
            text('fingerprint', 'JA4, JA3'),
            hellos,
            counts.fingerprints,
          ),
          countTable(
            'alerts',
            'Alerts in clear',
            text('alert', 'Alert'),
            { key: 'alerts', label: 'Alerts', unit: 'count' },
            counts.alerts,
          ),
          certificateTable(counts.certificates),
        ],
      },
      conclusions: [
        ...(counts.fatal.total === 0 ? [] : [fatalAlerts(counts)]),
        ...concludeCertificates(counts.certificates, capture.firstTime, this.soonSeconds),
      ],
    }
  }

  private hello(message: TlsClientHello | QuicClientHello): void {
    const { counts } = this
    const { hello } = message
    addCount(counts.names, (hello.sni ?? '(none)').slice(0, 255), MOST_KEYS)
    addCount(counts.protocols, hello.alpn.length === 0 ? '(none)' : hello.alpn.join(', ').slice(0, 255), MOST_KEYS)
    if (message.ja4 !== null) addCount(counts.fingerprints, `${message.ja4}, ${message.ja3 ?? ''}`, MOST_KEYS)
  }

  private alert({ frame, level, description }: TlsAlert): void {
    addCount(this.counts.alerts, `${alertLevelName(level)}: ${alertDescriptionName(description)}`, MOST_KEYS)
    if (level === FATAL) addFrame(this.counts.fatal, frame)
  }
}

function fatalAlerts(counts: State): Conclusion {
  const most = largest(counts.alerts, 1, (count) => count)[0]?.[0] ?? ''
  return {
    kind: 'tls-alerts',
    key: 'tls-alerts',
    severity: 'medium',
    confidence: 'high',
    values: { alerts: counts.fatal.total, most },
    costNs: null,
    evidence: toEvidence(counts.fatal),
    displayFilter: 'tls.alert_message.level == 2',
    view: null,
    hypotheses: [],
    needs: [],
  }
}

function certificateTable(certificates: ShownCertificates): Table {
  return tableOf(
    { key: 'certificates', title: 'Certificates of servers (TLS 1.2 and before)', total: certificates.size },
    largest(certificates, MOST_ROWS, ({ shown }) => shown.total),
    [
      { key: 'subject', label: 'Subject', unit: 'text', value: ([, one]) => one.subject },
      { key: 'issuer', label: 'Issuer', unit: 'text', value: ([, one]) => one.issuer },
      { key: 'notBefore', label: 'Not before', unit: 'text', value: ([, one]) => dayText(one.notBeforeSeconds) },
      { key: 'notAfter', label: 'Not after', unit: 'text', value: ([, one]) => dayText(one.notAfterSeconds) },
      { key: 'seen', label: 'Seen', unit: 'count', value: ([, one]) => one.shown.total },
    ],
  )
}
