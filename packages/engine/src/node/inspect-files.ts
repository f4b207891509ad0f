import { CaptureRun } from '../capture-run.ts'
import { summarizeCapture } from '../capture-summary.ts'
import { type Limits, withLimits } from '../limits.ts'
import type { CaptureSummary } from '../report.ts'
import { orderByFirstPacket } from './capture-set.ts'
import { type ProgressListener, readFile } from './read-file.ts'

/** What files hold as captures, by their records alone: nothing is decoded. @throws {EngineError} as {@link readFile}. */
export async function inspectFiles(
  paths: readonly string[],
  options: { limits?: Partial<Limits>; onProgress?: ProgressListener; signal?: AbortSignal } = {},
): Promise<CaptureSummary> {
  const run = new CaptureRun(withLimits(options.limits), [], { recordsOnly: true })
  for (const path of orderByFirstPacket(paths)) await readFile(run, path, options)
  run.finish()
  return summarizeCapture(run)
}
