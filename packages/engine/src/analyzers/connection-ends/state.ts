import type { Flow } from '../../flow/flow.ts'

export const connectionStates = [
  'unanswered',
  'half-open',
  'refused',
  'reset',
  'closed',
  'half-closed',
  'open',
  'open without data',
] as const
export type ConnectionState = (typeof connectionStates)[number]

const SYN = 1
const SYN_ACK = 2
const ACK = 4
const DATA = 8
const RST = 32

/** State of a connection when it was last seen; `fins` has a bit for each direction that sent FIN. */
export function stateOf(flow: Flow, hasData: boolean, fins: number): ConnectionState {
  const { completeness } = flow
  const isAnswered = (completeness & (SYN_ACK | ACK | DATA)) !== 0 || hasData
  if ((completeness & RST) !== 0) return (completeness & SYN) !== 0 && !isAnswered ? 'refused' : 'reset'
  if (fins === 3) return 'closed'
  if (fins !== 0) return 'half-closed'
  if (!isAnswered && (completeness & SYN) !== 0) return 'unanswered'
  if ((completeness & SYN_ACK) !== 0 && (completeness & (ACK | DATA)) === 0) return 'half-open'
  return hasData ? 'open' : 'open without data'
}
