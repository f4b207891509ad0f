/** Shannon entropy of a text's characters, dots left out, in thousandths of a bit for each: whole numbers add up in any order. */
export function entropyMillibits(text: string): number {
  const counts = new Map<number, number>()
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === DOT) continue
    counts.set(unit, (counts.get(unit) ?? 0) + 1)
    length++
  }
  let bits = 0
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length)
  return Math.round(bits * 1000)
}

const DOT = 0x2e
