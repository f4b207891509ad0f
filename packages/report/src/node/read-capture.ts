import type { Limits } from '@pcap-analyzer/engine'
import { orderByFirstPacket, readFile } from '@pcap-analyzer/engine/node'
import { CaptureRun, defaultObserverSettings, type Events, withLimits } from '@pcap-analyzer/engine/observe'

/** What hears a capture, and how it is read. */
export interface Reading {
  readonly listeners: readonly Partial<Events>[]
  /** Called with the run before the first packet. */
  begin?(run: CaptureRun): void
}

/**
 * Reads captures as one set, in the order of their first packets, and tells the listeners, protocols and our view of loss with it.
 * @throws {EngineError} as analyzeFiles.
 */
export async function readCapture(
  paths: readonly string[],
  reading: Reading,
  options: { limits?: Partial<Limits>; keepFlows?: boolean; protocolDetails?: boolean } = {},
): Promise<CaptureRun> {
  const run = new CaptureRun(withLimits(options.limits), reading.listeners, {
    ownView: true,
    protocols: true,
    observe: defaultObserverSettings,
    keepFlows: options.keepFlows ?? false,
    protocolDetails: options.protocolDetails ?? false,
  })
  reading.begin?.(run)
  for (const path of orderByFirstPacket(paths)) await readFile(run, path)
  run.finish()
  return run
}
