import { once } from 'node:events'
import { startLimitedChild } from './limited-child.ts'
import type { AnalysisMessage, AnalysisOrder } from './messages.ts'

export interface AnalysisLimits {
  readonly memoryMb: number
  readonly timeoutSeconds: number
}

/** How an analysis ended. */
export type AnalysisResult =
  | { readonly kind: 'done'; readonly packets: number; readonly healthScore: number | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'stopped' }

const MOST_REPORT_MB = 2048
const SCRIPT = new URL(import.meta.url.endsWith('.ts') ? './analysis-child.ts' : './analysis-child.js', import.meta.url)

/** Analyses a capture in a process of its own and leaves its reports in `order.folder`. */
export async function runAnalysis(
  order: AnalysisOrder,
  { memoryMb, timeoutSeconds }: AnalysisLimits,
  onProgress: (progress: AnalysisMessage & { kind: 'progress' }) => void,
  signal: AbortSignal,
): Promise<AnalysisResult> {
  if (signal.aborted) return { kind: 'stopped' }
  const limits = { memoryMb, timeoutSeconds, fileMb: MOST_REPORT_MB }
  const child = startLimitedChild(SCRIPT, JSON.stringify(order), order.folder, limits)
  let last: AnalysisResult | null = null
  child.process.on('message', (message: AnalysisMessage) => {
    if (message.kind === 'progress') onProgress(message)
    else last = message
  })
  const stop = () => child.stop()
  signal.addEventListener('abort', stop, { once: true })
  const [code, killedBy] = (await once(child.process, 'close')) as [number | null, NodeJS.Signals | null]
  signal.removeEventListener('abort', stop)
  const stopped = child.stopped()
  if (stopped === 'STOPPED') return { kind: 'stopped' }
  if (stopped === 'TIME_LIMIT' || killedBy === 'SIGXCPU') {
    return failed('TIME_LIMIT', `The analysis took longer than ${timeoutSeconds} seconds.`)
  }
  if (stopped === 'MEMORY_LIMIT' || killedBy === 'SIGABRT' || code === 134) {
    return failed('MEMORY_LIMIT', `The analysis needed more than ${memoryMb} MB of memory.`)
  }
  return last ?? failed('ANALYSIS_ENDED', `The analysis ended unexpectedly (${killedBy ?? `exit code ${code}`}).`)
}

function failed(code: string, message: string): AnalysisResult {
  return { kind: 'failed', code, message }
}
