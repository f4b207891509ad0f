import type { Core } from '../core/core.ts'
import type { Events } from '../events.ts'
import { markProtocol, Protocol } from '../protocol-set.ts'

// Shape of the counts, as in assembly/frame-counts.ts: eight kinds of headers, each with no name or one of 64; 16 bytes a count.
const KINDS = [
  [Protocol.eth, Protocol.ip, Protocol.tcp],
  [Protocol.eth, Protocol.ipv6, Protocol.tcp],
  [Protocol.eth, Protocol.vlan, Protocol.ip, Protocol.tcp],
  [Protocol.eth, Protocol.vlan, Protocol.ipv6, Protocol.tcp],
  [Protocol.eth, Protocol.ip, Protocol.udp],
  [Protocol.eth, Protocol.ipv6, Protocol.udp],
  [Protocol.eth, Protocol.vlan, Protocol.ip, Protocol.udp],
  [Protocol.eth, Protocol.vlan, Protocol.ipv6, Protocol.udp],
] as const
const NAMES = 65
const COUNT_WORDS = 4
const VLANS = 4096

/** Tells what the frames were that the core walked over: by protocols, and by VLAN. Call it once, at the end. */
export function tellQuietFrames(core: Core, listener: Pick<Events, 'quietProtocols' | 'quietVlan'>): void {
  const { words, doubles, countsAt, vlansAt } = core
  for (const [kind, headers] of KINDS.entries()) {
    for (let name = -1; name < NAMES - 1; name++) {
      const at = countsAt + (kind * NAMES + name + 1) * COUNT_WORDS
      if (words[at] === 0) continue
      const frame = { protocolsLow: 0, protocolsHigh: 0 }
      for (const protocol of headers) markProtocol(frame, protocol)
      if (name >= 0) markProtocol(frame, name)
      listener.quietProtocols(frame, words[at], doubles[(at >> 1) + 1])
    }
  }
  for (let id = 0; id < VLANS; id++) if (words[vlansAt + id] > 0) listener.quietVlan(id, words[vlansAt + id])
}
