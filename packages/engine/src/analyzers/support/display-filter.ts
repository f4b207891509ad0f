/** Frames by number, for what no field can select; at most as many as evidence keeps. */
export function framesFilter(frames: readonly number[]): string {
  return `frame.number in {${rangesText(frames)}}`
}

/** Ascending numbers with runs drawn together: `1, 4..7, 9`. */
function rangesText(numbers: readonly number[]): string {
  const ranges: string[] = []
  for (let i = 0; i < numbers.length; ) {
    let end = i
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end] + 1) end++
    ranges.push(end === i ? `${numbers[i]}` : `${numbers[i]}..${numbers[end]}`)
    i = end + 1
  }
  return ranges.join(', ')
}

/** Packets between two addresses, of either IP version. */
export function pairFilter(a: string, b: string): string {
  const field = a.includes(':') ? 'ipv6.addr' : 'ip.addr'
  return `${field} == ${a} && ${field} == ${b}`
}
