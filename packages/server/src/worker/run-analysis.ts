import type { AnalysisMessage, AnalysisOrder } from './messages.ts'
import { type ChildFailure, runChild, scriptBeside } from './run-child.ts'

export interface AnalysisLimits {
  readonly memoryMb: number
  readonly timeoutSeconds: number
}

/** How an analysis ended. */
export type AnalysisResult =
  | { readonly kind: 'done'; readonly packets: number; readonly healthScore: number | null }
  | ChildFailure

const MOST_REPORT_MB = 2048
const SCRIPT = scriptBeside(import.meta.url, 'analysis-child')

/** Analyses a capture in a process of its own and leaves its reports in `order.folder`. */
export async function runAnalysis(
  order: AnalysisOrder,
  { memoryMb, timeoutSeconds }: AnalysisLimits,
  onNews: (news: AnalysisMessage & { kind: 'progress' | 'provisional' }) => void,
  signal: AbortSignal,
): Promise<AnalysisResult> {
  let last: AnalysisResult | null = null
  const failure = await runChild<AnalysisMessage>(SCRIPT, order, {
    folder: order.folder,
    limits: { memoryMb, timeoutSeconds, fileMb: MOST_REPORT_MB },
    signal,
    onMessage: (message) => {
      if (message.kind === 'progress' || message.kind === 'provisional') onNews(message)
      else last = message
    },
  })
  if (failure !== null && failure.kind === 'failed' && failure.code === 'CHILD_ENDED') return last ?? failure
  return failure ?? last ?? { kind: 'failed', code: 'CHILD_ENDED', message: 'It ended without a word.' }
}
