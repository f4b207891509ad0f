/** Frames by number, for what no field can select; at most as many as evidence keeps. */
export function framesFilter(frames: readonly number[]): string {
  return `frame.number in {${frames.join(', ')}}`
}

/** Packets between two addresses, of either IP version. */
export function pairFilter(a: string, b: string): string {
  const field = a.includes(':') ? 'ipv6.addr' : 'ip.addr'
  return `${field} == ${a} && ${field} == ${b}`
}
