import { CaptureRun } from '../../src/capture-run.ts'
import { withLimits } from '../../src/limits.ts'
import type { Packet } from '../../src/packet.ts'
import { hasProtocol, protocolNames } from '../../src/protocol-set.ts'
import { buildPcap, type TestFrame } from '../../src/testing/index.ts'

/** What decoding found in one frame. */
export interface WalkedFrame {
  readonly protocols: string[]
  /** Source ports of the TCP and UDP headers, outermost first. */
  readonly ports: number[]
  /** TCP streams, in the order of their headers. */
  readonly streams: number[]
  readonly vlanIds: number[]
  readonly ipLayers: number
}

/** Decodes frames of one link type as a run does, and says what was found in each. */
export function walkFrames(frames: readonly TestFrame[], linkType = 1): WalkedFrame[] {
  const walked: WalkedFrame[] = []
  let ports: number[] = []
  let streams: number[] = []
  const takeFrame = (packet: Packet) => {
    walked.push({
      protocols: protocolNames.filter((_, id) => hasProtocol(packet, id)),
      ports,
      streams,
      vlanIds: [...packet.vlanIds.subarray(0, packet.vlanCount)],
      ipLayers: packet.ipLayerCount,
    })
    ports = []
    streams = []
  }
  const run = new CaptureRun(withLimits({}), [
    {
      segment(segment, packet) {
        ports.push(packet.sourcePort)
        streams.push(segment.stream)
      },
      datagram: (packet) => ports.push(packet.sourcePort),
      frame: takeFrame,
    },
  ])
  run.beginFile(null)
  run.input.push(buildPcap(frames, { linkType }))
  run.input.finish()
  run.drain()
  run.endFile()
  run.finish()
  return walked
}

/** Decodes one frame. */
export function walkFrame(bytes: Uint8Array | readonly number[], linkType = 1): WalkedFrame {
  return walkFrames([Uint8Array.from(bytes)], linkType)[0]
}

const from = { address: '10.0.0.1', port: 1000 }
const to = { address: '10.0.0.2', port: 7777 }

export { from, to }
