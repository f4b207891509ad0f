import type { Events } from './events.ts'
import type { ProtocolListener } from './protocols/messages.ts'

type Call<Name extends keyof Events> = (...args: Parameters<Events[Name]>) => void

/** The listeners of a run, sorted by event once, so that an event costs no look-up. Every listener hears events in the order given. */
export class Listeners implements ProtocolListener {
  readonly segment: readonly Call<'segment'>[]
  readonly remarkable: readonly Call<'remarkable'>[]
  readonly datagram: readonly Call<'datagram'>[]
  readonly icmp: readonly Call<'icmp'>[]
  readonly arp: readonly Call<'arp'>[]
  readonly flowEnd: readonly Call<'flowEnd'>[]
  readonly frame: readonly Call<'frame'>[]
  readonly quiet: readonly Call<'quiet'>[]
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
    const toAll = <Name extends keyof Events>(name: Name): Call<Name> => {
      const calls = of(name)
      return (...args) => {
        for (const call of calls) call(...args)
      }
    }
    this.segment = of('segment')
    this.remarkable = of('remarkable')
    this.datagram = of('datagram')
    this.icmp = of('icmp')
    this.arp = of('arp')
    this.flowEnd = of('flowEnd')
    this.frame = of('frame')
    this.quiet = of('quiet')
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
    this.quicClientHello = toAll('quicClientHello')
    this.sshBanner = toAll('sshBanner')
    this.dhcp = toAll('dhcp')
    this.dhcpv6 = toAll('dhcpv6')
  }
}
