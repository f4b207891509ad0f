import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFinding, forms, ReportError, readReport } from '@pcap-analyzer/report'
import type { ReportMessage, ReportOrder } from './messages.ts'

// Runs as a process of its own: reports and captures may be large, and captures hostile.

const EVIDENCE = 'evidence.pcapng'

function tell(message: ReportMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })
}

async function make(order: ReportOrder): Promise<ReportMessage> {
  const report = readReport(readFileSync(order.report, 'utf8'))
  if (order.kind === 'evidence') {
    const { writeEvidence } = await import('@pcap-analyzer/report/node')
    const { capture, name, folder, mostExpansionRatio } = order
    const finding = findFinding(report, order.finding)
    const limits = { maxDecompressionRatio: mostExpansionRatio }
    await writeEvidence([{ finding, target: join(folder, EVIDENCE) }], [capture], {
      limits,
      names: [name],
      isFlushed: false,
    })
    return { kind: 'made', file: EVIDENCE, name: `${finding.kind}.pcapng`, parts: [EVIDENCE] }
  }
  if (order.kind === 'capture-form') {
    const { captureForms } = await import('@pcap-analyzer/report/node')
    const { parts, write } = captureForms[order.form]
    const { part, capture, folder, mostExpansionRatio } = order
    if (part === null || !parts.includes(part)) return { kind: 'made', file: null, name: null, parts }
    const limits = { maxDecompressionRatio: mostExpansionRatio }
    await write(report, [capture], folder, { limits, isFlushed: false })
    return { kind: 'made', file: part, name: part, parts }
  }
  const files = (await forms.find(({ id }) => id === order.form)?.files(report)) ?? []
  const parts = files.map(({ name }) => name)
  const wanted = order.part ?? (files.length === 1 ? parts[0] : null)
  const at = parts.indexOf(wanted ?? '')
  if (at < 0) return { kind: 'made', file: null, name: null, parts }
  // a name within the folder is ours to choose
  writeFileSync(join(order.folder, String(at)), files[at].content)
  return { kind: 'made', file: String(at), name: parts[at], parts }
}

// whoever started it is gone: nobody waits for the result
process.once('disconnect', () => process.exit())
try {
  await tell(await make(JSON.parse(process.argv[2]) as ReportOrder))
} catch (error) {
  const isMissing = error instanceof ReportError && error.code === 'NO_SUCH_FINDING'
  const { code, message } = error as { code?: string; message?: string }
  if (isMissing) await tell({ kind: 'missing', message: error.message })
  else await tell({ kind: 'failed', code: code ?? 'UNEXPECTED', message: message ?? String(error) })
}
process.disconnect?.()
