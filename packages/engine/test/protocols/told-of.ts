import { CaptureRun } from '../../src/capture-run.ts'
import type { Events } from '../../src/events.ts'
import { withLimits } from '../../src/limits.ts'

/** How many frames have which protocols, and the sums of every flow, by a run that walks or by one to which every segment and datagram is shown. */
export function toldOf(bytes: Uint8Array, isShown: boolean): unknown {
  const frames: Record<string, number> = {}
  const flows: string[] = []
  const add = ({ protocolsLow, protocolsHigh }: { protocolsLow: number; protocolsHigh: number }, count: number) => {
    const key = `${protocolsLow} ${protocolsHigh}`
    frames[key] = (frames[key] ?? 0) + count
  }
  const listener: Partial<Events> = {
    frame: (packet) => add(packet, 1),
    quietProtocols: (protocols, count) => add(protocols, count),
    flowEnd: (flow) => {
      const sums = [0, 1].flatMap((direction) => [
        flow.frames(direction),
        flow.wireBytes(direction),
        flow.payloadBytes(direction),
      ])
      flows.push([flow.transport, flow.number, flow.firstFrame, flow.lastFrame, flow.lastTimeNs, ...sums].join(' '))
    },
    ...(isShown ? { segment: () => {} } : {}),
  }
  const run = new CaptureRun(withLimits(), [listener], { protocols: true, quiet: true })
  run.beginFile(null)
  run.input.push(bytes)
  run.input.finish()
  run.drain()
  run.endFile()
  run.finish()
  const { packets, wireBytes, capturedBytes, truncatedPackets, durationNs, stops } = run.totals
  return { frames, flows, packets, wireBytes, capturedBytes, truncatedPackets, durationNs, stops: [...stops] }
}
