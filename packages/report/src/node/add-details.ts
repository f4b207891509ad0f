import type { Limits, Report } from '@pcap-analyzer/engine'
import { orderByFirstPacket, readFile } from '@pcap-analyzer/engine/node'
import { CaptureRun, type Flow, FrameFacts, withLimits } from '@pcap-analyzer/engine/observe'
import { DetailsCollector } from '../details/details-collector.ts'

/** The report with packets around its evidence and samples of its most interesting connections, of another pass over the captures. */
export async function addDetails(
  report: Report,
  paths: readonly string[],
  options: { limits?: Partial<Limits> } = {},
): Promise<Report> {
  let run: CaptureRun | null = null
  const flowAt = (index: number): Flow => {
    if (run === null) throw new Error('the run has not begun')
    return run.pipeline.flow.at(index)
  }
  const facts = new FrameFacts(flowAt)
  const collector = new DetailsCollector(report, facts, flowAt)
  run = new CaptureRun(withLimits(options.limits), [facts.on, collector.on], {
    ownView: true,
    protocols: true,
    dnsAnswers: true,
  })
  for (const path of orderByFirstPacket(paths)) await readFile(run, path)
  run.finish()
  return { ...report, details: collector.result() }
}
