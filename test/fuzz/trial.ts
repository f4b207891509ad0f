import { type AnalyzeOptions, analyze } from '../../packages/engine/src/analyze.ts'
import { EngineError } from '../../packages/engine/src/errors.ts'
import type { Limits } from '../../packages/engine/src/limits.ts'
import { printFacts } from '../print-facts.ts'

/** How an input is given to the engine. */
export interface Feeding {
  /** Bytes of each chunk. */
  readonly chunkBytes: number
  readonly limits: Partial<Limits>
}

/** Limits so small that ordinary captures reach them. */
export const tightLimits: Partial<Limits> = {
  maxFlows: 4,
  maxUnackedSegments: 16,
  maxFragmentBytes: 3000,
  maxStreamBytes: 2000,
  maxReassemblyBytes: 6000,
  maxLayers: 6,
}

/** No report may be larger, whatever the capture. */
const MOST_REPORT_CHARACTERS = 8 << 20

/**
 * Runs one input through the whole engine, once for its facts and once for its report.
 * @returns frames read; -1 when the input was refused with an {@link EngineError}.
 * @throws whatever else the engine throws, or an Error that names the law that was broken.
 */
export async function tryInput(bytes: Uint8Array, feeding: Feeding): Promise<number> {
  const facts = refusal(() => printFacts(chunksOf(bytes, feeding.chunkBytes), bytes.length, feeding.limits))
  const report = await refusalOf(analyzeToText(chunksOf(bytes, feeding.chunkBytes), { limits: feeding.limits }))
  if (facts.code !== report.code) throw new Error(`facts ended with ${facts.code}, analyze with ${report.code}`)
  if (facts.text === null || report.text === null) return -1
  const { packets } = (JSON.parse(facts.text) as { capture: { packets: number } }).capture
  const reported = JSON.parse(report.text) as { capture: { packets: number } }
  if (packets !== reported.capture.packets) {
    throw new Error(`facts counted ${packets} packets, analyze ${reported.capture.packets}`)
  }
  if (report.text.length > MOST_REPORT_CHARACTERS) throw new Error(`the report has ${report.text.length} characters`)
  return packets
}

async function analyzeToText(chunks: Iterable<Uint8Array>, options: AnalyzeOptions): Promise<string> {
  return JSON.stringify(await analyze(chunks, options))
}

interface Outcome {
  readonly text: string | null
  /** Code of the error that refused the input; null when it was read. */
  readonly code: string | null
}

function refusal(work: () => string): Outcome {
  try {
    return { text: work(), code: null }
  } catch (error) {
    return refused(error)
  }
}

async function refusalOf(work: Promise<string>): Promise<Outcome> {
  try {
    return { text: await work, code: null }
  } catch (error) {
    return refused(error)
  }
}

function refused(error: unknown): Outcome {
  if (!(error instanceof EngineError)) throw error
  return { text: null, code: error.code }
}

function* chunksOf(bytes: Uint8Array, chunkBytes: number): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes)
}
