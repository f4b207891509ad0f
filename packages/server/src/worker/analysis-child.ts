import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyzers, EngineError } from '@pcap-analyzer/engine'
import { analyzeFiles } from '@pcap-analyzer/engine/node'
import { reportJson } from '@pcap-analyzer/report/json'
import { addDetails, sealReport } from '@pcap-analyzer/report/node'
import { htmlReport } from '@pcap-analyzer/report/written'
import {
  type AnalysisMessage,
  type AnalysisOrder,
  type AnalysisProgress,
  REPORT_HTML,
  REPORT_JSON,
} from './messages.ts'
import { estimatePackets, extrapolated } from './packet-estimate.ts'
import { provisionalFindings } from './provisional-findings.ts'

// Runs as a process of its own: what a hostile capture does, it does here.

/** Captures up to this size are read again for the packets that prove findings. */
const MOST_BYTES_READ_TWICE = 256 << 20
/** Reading is most of the work; the rest is telling. */
const READ_SHARE = 90
const REPORT_SHARE = 95
/** A capture is read once, and all analyzers hear of each packet. */
const EVERY_ANALYZER = `all ${analyzers.length} analyzers in one pass`

function tell(message: AnalysisMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })
}

async function analyze({ capture, name, folder, language, mostExpansionRatio }: AnalysisOrder): Promise<void> {
  const options = { limits: { maxDecompressionRatio: mostExpansionRatio }, language }
  try {
    const totalPackets = estimatePackets(capture)
    await tell({
      kind: 'progress',
      percent: 0,
      phase: 'starting',
      packets: 0,
      totalPackets,
      currentAnalyzer: EVERY_ANALYZER,
    })
    for await (const findings of provisionalFindings(capture, options)) await tell({ kind: 'provisional', findings })
  } catch (error) {
    // what is wrong with the capture the analysis of the whole says
    if (!(error instanceof EngineError)) throw error
  }
  let packets = 0
  let told = -1
  const news = (percent: number, phase: AnalysisProgress['phase'], totalPackets: number, currentAnalyzer: string) =>
    tell({ kind: 'progress', percent, phase, packets, totalPackets, currentAnalyzer })
  const read = await analyzeFiles([capture], {
    ...options,
    onProgress: (progress) => {
      packets = progress.packets
      const percent = Math.floor((READ_SHARE * progress.readBytes) / Math.max(1, progress.totalBytes ?? 1))
      if (percent === told) return
      told = percent
      const { readBytes, totalBytes } = progress
      void news(percent, 'reading', extrapolated(packets, readBytes, totalBytes ?? readBytes), EVERY_ANALYZER)
    },
  })
  await news(READ_SHARE, 'reporting', packets, 'details of findings')
  const isReadTwice = statSync(capture).size <= MOST_BYTES_READ_TWICE
  const detailed = isReadTwice ? await addDetails(read, [capture], { limits: options.limits }) : read
  const sealed = sealReport(detailed, [capture], options)
  // the capture is stored under its id; people know it by its name
  const report = {
    ...sealed,
    capture: { ...sealed.capture, files: sealed.capture.files.map((file) => ({ ...file, name })) },
    ...(sealed.provenance && {
      provenance: { ...sealed.provenance, captures: sealed.provenance.captures.map((one) => ({ ...one, name })) },
    }),
  }
  await news(REPORT_SHARE, 'reporting', packets, 'written report')
  writeFileSync(join(folder, REPORT_JSON), reportJson(report, 'pretty'))
  writeFileSync(join(folder, REPORT_HTML), await htmlReport(report))
  await tell({ kind: 'done', packets: report.capture.packets, healthScore: report.health.score })
}

// whoever started it is gone: nobody waits for the result
process.once('disconnect', () => process.exit())
try {
  await analyze(JSON.parse(process.argv[2]) as AnalysisOrder)
} catch (error) {
  const { code, message } = error as { code?: string; message?: string }
  await tell({ kind: 'failed', code: code ?? 'UNEXPECTED', message: message ?? String(error) })
}
process.disconnect?.()
