const phases = [
  'queued',
  'starting',
  'provisional',
  'reading',
  'reporting',
  'completed',
  'failed',
  'cancelled',
] as const

/** Whether a part of an analysis has a name here; the service may come to know more of them. */
export function isPhase(phase: string): phase is (typeof phases)[number] {
  return phases.some((one) => one === phase)
}
