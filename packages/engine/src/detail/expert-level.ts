import { STOP_IP_LENGTH, STOP_TCP_LENGTH, STOP_UDP_LENGTH } from '../decode/stop-reasons.ts'
import type { FrameFacts } from '../filter/frame-facts.ts'
import { analysisFlagNames } from '../tcp/analysis-flags.ts'

/** Wireshark's severities of expert information, least first; null for a frame about which there is nothing to say. */
export type ExpertLevel = 'chat' | 'note' | 'warn' | 'error'

const warnings: ReadonlySet<string> = new Set([
  'out_of_order',
  'lost_segment',
  'ack_lost_segment',
  'zero_window',
  'window_full',
])
const chats: ReadonlySet<string> = new Set(['window_update'])
/** Cut headers and unknown protocols are no fault of the network; these are. */
const malformed: readonly number[] = [STOP_IP_LENGTH, STOP_TCP_LENGTH, STOP_UDP_LENGTH]
const SYN_FIN = 0x03
const RST = 0x04
const LEAST_HTTP_ERROR = 400
const FATAL_ALERT = 2

/** The gravest level of what is known of a frame: verdicts of the TCP analysis, resets, failed answers, headers that are wrong. */
export function expertLevelOf(facts: FrameFacts): ExpertLevel | null {
  const { packet, segment } = facts
  if (facts.alerts.some(({ level }) => level === FATAL_ALERT)) return 'error'
  if (packet !== null && malformed.includes(packet.stopReason)) return 'error'
  if (segment !== null) {
    const verdicts = segment.isShown ? analysisFlagNames.filter((_, bit) => (segment.flags & (1 << bit)) !== 0) : []
    if (verdicts.some((name) => warnings.has(name)) || (segment.tcpFlags & RST) !== 0) return 'warn'
    if (verdicts.some((name) => !chats.has(name))) return 'note'
    if (verdicts.length > 0 || (segment.tcpFlags & SYN_FIN) !== 0) return 'chat'
  }
  if (facts.dns.some(({ isResponse, rcode }) => isResponse && rcode !== null && rcode !== 0)) return 'note'
  if (facts.httpResponses.some(({ status }) => status >= LEAST_HTTP_ERROR)) return 'note'
  return facts.httpRequests.length + facts.httpResponses.length > 0 ? 'chat' : null
}
