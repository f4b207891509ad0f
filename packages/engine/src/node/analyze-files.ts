import { Analysis, type AnalyzeOptions } from '../analyze.ts'
import type { Report } from '../report.ts'
import { orderByFirstPacket } from './capture-set.ts'
import { type ProgressListener, readFile } from './read-file.ts'

export interface AnalyzeFilesOptions extends AnalyzeOptions {
  readonly onProgress?: ProgressListener
  /** Ends the analysis with ABORTED at the next chunk. */
  readonly signal?: AbortSignal
}

/**
 * Analyses files as one capture whose flows and frame numbers continue from file to file, in the order of their first packets.
 * `-` is standard input. @throws {EngineError} as {@link readFile}; the message names the file.
 */
export async function analyzeFiles(paths: readonly string[], options: AnalyzeFilesOptions = {}): Promise<Report> {
  const analysis = new Analysis(options)
  for (const path of orderByFirstPacket(paths)) await readFile(analysis.run, path, options)
  return analysis.report()
}

/** Analyses one file; see {@link analyzeFiles}. */
export function analyzeFile(path: string, options: AnalyzeFilesOptions = {}): Promise<Report> {
  return analyzeFiles([path], options)
}
