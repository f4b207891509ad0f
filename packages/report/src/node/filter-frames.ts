import type { Limits } from '@pcap-analyzer/engine'
import { orderByFirstPacket, readFile } from '@pcap-analyzer/engine/node'
import {
  CaptureRun,
  compileFilter,
  type Events,
  type Flow,
  FrameFacts,
  type Packet,
  withLimits,
} from '@pcap-analyzer/engine/observe'

/** What happens with each frame that passes. Both are borrowed. Returns false to stop. */
export type TakeFrame = (facts: FrameFacts, packet: Packet) => void

/**
 * Reads captures and gives the frames that pass a display filter, in order.
 * @returns how many passed of how many. @throws {EngineError} INVALID_FILTER before anything is read, and as analyzeFiles.
 */
export async function filterFrames(
  paths: readonly string[],
  filter: string,
  take: TakeFrame,
  options: { limits?: Partial<Limits> } = {},
): Promise<{ passed: number; packets: number }> {
  const compiled = compileFilter(filter)
  let passed = 0
  const run: CaptureRun = startRun(
    (facts) => ({
      frame: (packet) => {
        if (!compiled.matches(facts)) return
        passed++
        take(facts, packet)
      },
    }),
    options.limits,
  )
  for (const path of orderByFirstPacket(paths)) await readFile(run, path)
  run.finish()
  return { passed, packets: run.totals.packets }
}

/** A run that collects the facts of each frame before it tells the listener. */
export function startRun(
  listenerOf: (facts: FrameFacts) => Partial<Events>,
  limits: Partial<Limits> | undefined,
): CaptureRun {
  let run: CaptureRun | null = null
  const flowAt = (index: number): Flow => {
    if (run === null) throw new Error('the run has not begun')
    return run.pipeline.flow.at(index)
  }
  const facts = new FrameFacts(flowAt)
  run = new CaptureRun(withLimits(limits), [facts.on, listenerOf(facts)], {
    ownView: true,
    protocols: true,
    dnsAnswers: true,
  })
  return run
}
