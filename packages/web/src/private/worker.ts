import { EngineError, type Language, type Report, retellReport } from '@pcap-analyzer/engine'
import { Analysis, DRAIN_ENDED, DRAIN_WANTS_BYTES, type DrainResult } from '@pcap-analyzer/engine/observe'
import { reportJson } from '@pcap-analyzer/report/json'
import type { Answer, Order } from './messages.ts'

/** The file is read in pieces of this size, so that its own size is no matter. */
const CHUNK_BYTES = 1 << 20
const BYTES_PER_PROGRESS = 4 << 20

self.addEventListener('message', (event: MessageEvent<Order>) => {
  void answer(event.data).then(tell)
})

async function answer(order: Order): Promise<Answer> {
  if ('file' in order) return analysed(order.file, order.language)
  return { kind: 'told', json: reportJson(retellReport(JSON.parse(order.json) as Report, order.language), 'compact') }
}

/** Analyses a file; the answer is what the command would say of it, byte for byte. */
async function analysed(file: File, language: Language): Promise<Answer> {
  try {
    const analysis = new Analysis({ language })
    await read(file, analysis)
    return { kind: 'report', json: reportJson(analysis.report(), 'compact') }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return { kind: 'refused', code: error.code, message: error.message, hint: error.hint ?? null }
  }
}

async function read(file: File, { run }: Analysis): Promise<void> {
  run.beginFile(file.name)
  let state: DrainResult = DRAIN_WANTS_BYTES
  let told = 0
  for (let at = 0; at < file.size && state !== DRAIN_ENDED; at += CHUNK_BYTES) {
    run.input.push(new Uint8Array(await file.slice(at, at + CHUNK_BYTES).arrayBuffer()))
    state = run.drain()
    if (at - told < BYTES_PER_PROGRESS) continue
    told = at
    tell({ kind: 'progress', readBytes: at, totalBytes: file.size, packets: run.totals.packets })
  }
  if (state !== DRAIN_ENDED) {
    run.input.finish()
    run.drain()
  }
  run.endFile()
}

function tell(answer: Answer): void {
  self.postMessage(answer)
}
