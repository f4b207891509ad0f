// What a listener of one's own needs: run a capture and hear of its frames, segments, messages and flows.

export { Analysis } from './analyze.ts'
export { transactionColumns } from './analyzers/latency/section.ts'
export { latency } from './analyzers/latency.ts'
export { serviceOfPort } from './analyzers/services/ports.ts'
export { type PcapngInterfaceOptions, pcapngInterface, pcapngPacket, pcapngSection } from './capture/write-pcapng.ts'
export { CaptureRun, DRAIN_ENDED, DRAIN_PAUSED, DRAIN_WANTS_BYTES, type DrainResult } from './capture-run.ts'
export { epochText } from './capture-totals.ts'
export type { Observations } from './core/observations.ts'
export * from './detail/index.ts'
export type { Events } from './events.ts'
export * from './filter/index.ts'
export type { Flow } from './flow/flow.ts'
export { withLimits } from './limits.ts'
export { defaultObserverSettings } from './observer-settings.ts'
export { IP_LAYER_WORDS, type Packet } from './packet.ts'
export { hasProtocol, Protocol } from './protocol-set.ts'
export { lastDnsName, readDnsName } from './protocols/dns-name.ts'
export type { IcmpMessage } from './protocols/icmp.ts'
export type { DnsMessageEvent, HttpDetails, HttpRequest, HttpResponse, SshBanner } from './protocols/messages.ts'
export type {
  QuicClientHello,
  TlsAlert,
  TlsCertificate,
  TlsClientHello,
  TlsServerHello,
  TlsStep,
} from './protocols/tls/messages.ts'
export * from './tcp/analysis-flags.ts'
export * from './tcp/loss.ts'
export type { Segment } from './tcp/segment.ts'
export { addressText } from './text/addresses.ts'
export { endpointText } from './text/endpoint.ts'
