import { type AnalyzeOptions, analyze } from '../../src/analyze.ts'
import type { CaptureQuality, CheckId, QualityCheck } from '../../src/report.ts'
import { buildPcap, type TestFrame } from '../../src/testing/index.ts'

export async function qualityOf(frames: readonly TestFrame[], options: AnalyzeOptions = {}): Promise<CaptureQuality> {
  return (await analyze([buildPcap(frames)], options)).quality
}

export function checkOf(quality: CaptureQuality, id: CheckId): QualityCheck {
  const check = quality.checks.find((candidate) => candidate.id === id)
  if (check === undefined) throw new Error(`no check ${id}`)
  return check
}
