import type { AnalyzerContext } from '../../analyzer.ts'
import type { Flow } from '../../flow/flow.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../../tcp/loss.ts'
import type { SideHealth } from './connection-health.ts'

/** How badly one direction of a connection suffers from segments sent again; `few` are too few to say. */
export const flowSeverities = ['none', 'few', 'low', 'medium', 'critical'] as const
export type FlowSeverity = (typeof flowSeverities)[number]

/** From which numbers of retransmissions, and from which shares of the frames, a direction is of which class. */
export interface FlowThresholds {
  readonly leastCount: number
  readonly manyCount: number
  readonly lowRatio: number
  readonly mediumRatio: number
  readonly criticalRatio: number
}

export function flowThresholds(context: AnalyzerContext): FlowThresholds {
  return {
    leastCount: context.setting('flowLeastCount'),
    manyCount: context.setting('flowManyCount'),
    lowRatio: context.setting('lowFlow'),
    mediumRatio: context.setting('mediumFlow'),
    criticalRatio: context.setting('criticalFlow'),
  }
}

/** By the share of a direction's frames that tshark calls retransmissions, packets that the capture holds twice left out. */
export function flowSeverity(
  side: SideHealth,
  flow: Flow,
  direction: number,
  thresholds: FlowThresholds,
): FlowSeverity {
  const count = Math.max(0, side.retransmissions - side.losses[LOSS_CAPTURE_DUPLICATE])
  if (count === 0) return 'none'
  if (count < thresholds.leastCount) return 'few'
  const ratio = count / Math.max(1, flow.frames(direction))
  if (ratio >= thresholds.criticalRatio) return 'critical'
  if (ratio >= thresholds.mediumRatio) return 'medium'
  return ratio >= thresholds.lowRatio || count >= thresholds.manyCount ? 'low' : 'none'
}
