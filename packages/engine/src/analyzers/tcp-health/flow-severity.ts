import type { AnalyzerContext } from '../../analyzer.ts'
import type { Flow } from '../../flow/flow.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../../tcp/loss.ts'
import type { SideHealth } from './connection-health.ts'

/** How badly one direction of a connection suffers from segments sent again; `few` are too few to say. */
export const flowSeverities = ['none', 'few', 'low', 'medium', 'critical'] as const
export type FlowSeverity = (typeof flowSeverities)[number]

/** By the share of a direction's frames that tshark calls retransmissions, packets that the capture holds twice left out. */
export function flowSeverity(side: SideHealth, flow: Flow, direction: number, context: AnalyzerContext): FlowSeverity {
  const count = Math.max(0, side.retransmissions - side.losses[LOSS_CAPTURE_DUPLICATE])
  if (count === 0) return 'none'
  if (count < context.setting('flowLeastCount')) return 'few'
  const ratio = count / Math.max(1, flow.frames(direction))
  if (ratio >= context.setting('criticalFlow')) return 'critical'
  if (ratio >= context.setting('mediumFlow')) return 'medium'
  return ratio >= context.setting('lowFlow') || count >= context.setting('flowManyCount') ? 'low' : 'none'
}
