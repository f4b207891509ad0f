import type { Events } from './events.ts'
import type { ProtocolListener } from './protocols/messages.ts'

type Call<Name extends keyof Events> = (...args: Parameters<Events[Name]>) => void

/** The listeners of a run, sorted by event once, so that an event costs no look-up. Every listener hears events in the order given. */
export class Listeners implements ProtocolListener {
  readonly segment: Call<'segment'> | null
  readonly remarkable: Call<'remarkable'> | null
  readonly datagram: Call<'datagram'> | null
  readonly icmp: Call<'icmp'> | null
  readonly arp: Call<'arp'> | null
  /** One by one: flows that end are told in blocks, see EndedFlows. */
  readonly flowEnds: readonly Call<'flowEnd'>[]
  readonly frame: Call<'frame'> | null
  readonly quiet: Call<'quiet'> | null
  readonly quietProtocols: Call<'quietProtocols'>
  readonly quietVlan: Call<'quietVlan'>
  readonly dns: Call<'dns'>
  readonly dnsUnanswered: Call<'dnsUnanswered'>
  readonly httpRequest: Call<'httpRequest'>
  readonly httpResponse: Call<'httpResponse'>
  readonly tlsClientHello: Call<'tlsClientHello'>
  readonly tlsServerHello: Call<'tlsServerHello'>
  readonly tlsCertificate: Call<'tlsCertificate'>
  readonly tlsAlert: Call<'tlsAlert'>
  readonly tlsStep: Call<'tlsStep'>
  readonly quicClientHello: Call<'quicClientHello'>
  readonly sshBanner: Call<'sshBanner'>
  readonly dhcp: Call<'dhcp'>
  readonly dhcpv6: Call<'dhcpv6'>

  constructor(listeners: readonly Partial<Events>[]) {
    const of = <Name extends keyof Events>(name: Name): Call<Name>[] =>
      listeners.flatMap((listener) => {
        const call = listener[name] as Call<Name> | undefined
        return call === undefined ? [] : [call.bind(listener) as Call<Name>]
      })
    const toAll = <Name extends keyof Events>(name: Name): Call<Name> => toEach(of(name)) as Call<Name>
    const toAny = <Name extends keyof Events>(name: Name): Call<Name> | null =>
      of(name).length === 0 ? null : toAll(name)
    this.segment = toAny('segment')
    this.remarkable = toAny('remarkable')
    this.datagram = toAny('datagram')
    this.icmp = toAny('icmp')
    this.arp = toAny('arp')
    this.flowEnds = of('flowEnd')
    this.frame = toAny('frame')
    this.quiet = toAny('quiet')
    this.quietProtocols = toAll('quietProtocols')
    this.quietVlan = toAll('quietVlan')
    this.dns = toAll('dns')
    this.dnsUnanswered = toAll('dnsUnanswered')
    this.httpRequest = toAll('httpRequest')
    this.httpResponse = toAll('httpResponse')
    this.tlsClientHello = toAll('tlsClientHello')
    this.tlsServerHello = toAll('tlsServerHello')
    this.tlsCertificate = toAll('tlsCertificate')
    this.tlsAlert = toAll('tlsAlert')
    this.tlsStep = toAll('tlsStep')
    this.quicClientHello = toAll('quicClientHello')
    this.sshBanner = toAll('sshBanner')
    this.dhcp = toAll('dhcp')
    this.dhcpv6 = toAll('dhcpv6')
  }
}

type AnyCall = (a: unknown, b: unknown, c: unknown, d: unknown) => void

/** One function that calls each with up to four arguments; without arrays of arguments, as it is called for every frame. */
function toEach(calls: readonly unknown[]): AnyCall {
  const all = calls as readonly AnyCall[]
  if (all.length === 1) return all[0]
  return (a, b, c, d) => {
    for (let i = 0; i < all.length; i++) all[i](a, b, c, d)
  }
}
