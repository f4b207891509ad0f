import type { Flow } from '../../flow/flow.ts'

/** Wireshark display filter for the frames of one stream. */
export function streamFilter(flow: Flow): string {
  return `${flow.transport}.stream == ${flow.number}`
}

/** Both filters must hold; the parts are put in brackets where they need it. */
export function both(a: string, b: string): string {
  return `${bracket(a)} && ${bracket(b)}`
}

/** Frames by number, for what no field can select; at most as many as evidence keeps. */
export function framesFilter(frames: readonly number[]): string {
  return `frame.number in {${frames.join(', ')}}`
}

/** Packets between two addresses, of either IP version. */
export function pairFilter(a: string, b: string): string {
  const field = a.includes(':') ? 'ipv6.addr' : 'ip.addr'
  return `${field} == ${a} && ${field} == ${b}`
}

function bracket(filter: string): string {
  return filter.includes('||') || filter.includes('&&') ? `(${filter})` : filter
}
