import { Analysis } from '../../src/analyze.ts'

/** The analysis of a whole capture, or of one part of its address pairs, not judged yet. */
export function analysisOf(bytes: Uint8Array, partition?: { index: number; count: number }): Analysis {
  const analysis = new Analysis({}, partition)
  analysis.run.beginFile(null)
  analysis.run.input.push(bytes)
  analysis.run.input.finish()
  analysis.run.drain()
  analysis.run.endFile()
  return analysis
}
