import { Packet } from '../../../src/packet.ts'
import { hasProtocol, Protocol } from '../../../src/protocol-set.ts'
import { QuicTracker } from '../../../src/protocols/quic/quic-tracker.ts'
import type { QuicClientHello } from '../../../src/protocols/tls/messages.ts'
import { findTransport, framesOfCapture } from '../tls/frames-of-capture.ts'

/** UDP ports whose datagrams tshark gives to other dissectors before it looks for QUIC. */
const otherPorts = new Set([53, 67, 68, 123, 137, 138, 161, 162, 500, 514, 546, 547, 1900, 3702, 5353, 5355])

/** What the tracker says of one capture. */
export interface QuicOfCapture {
  frames: number[]
  hellos: QuicClientHello[]
  tracker: QuicTracker
}

export function readQuicOfCapture(file: Buffer): QuicOfCapture {
  const frames: number[] = []
  const hellos: QuicClientHello[] = []
  const tracker = new QuicTracker({ quicClientHello: (hello) => void hellos.push(hello) })
  const flows = new Map<string, { number: number; initiator: string }>()
  for (const frame of framesOfCapture(file)) {
    const transport = findTransport(frame)
    if (transport?.protocol !== 17) continue
    if (otherPorts.has(transport.sourcePort) || otherPorts.has(transport.destinationPort)) continue
    const ends = [
      `${transport.source}:${transport.sourcePort}`,
      `${transport.destination}:${transport.destinationPort}`,
    ]
    const key = [...ends].sort().join()
    const flow = flows.get(key) ?? { number: flows.size, initiator: ends[0] }
    flows.set(key, flow)
    const packet = new Packet()
    packet.number = frame.number
    const { payload } = transport
    tracker.datagram(flow.number, packet, payload, 0, payload.length, ends[0] === flow.initiator)
    if (hasProtocol(packet, Protocol.quic)) frames.push(frame.number)
  }
  return { frames, hellos, tracker }
}
