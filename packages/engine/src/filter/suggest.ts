const MOST_SUGGESTIONS = 4

/** Words most like one that is unknown, the most like first: those a few letters away, then those that end or begin as it does. */
export function suggest(word: string, words: readonly string[]): string[] {
  const wanted = word.toLowerCase()
  const leaf = wanted.slice(wanted.lastIndexOf('.') + 1)
  const scored = words.flatMap((candidate) => {
    const distance = editDistance(wanted, candidate)
    const most = Math.max(2, Math.floor(wanted.length / 4))
    if (distance <= most) return [{ candidate, score: distance }]
    const isRelated = candidate.endsWith(`.${leaf}`) || (wanted.length > 2 && candidate.startsWith(`${wanted}.`))
    return isRelated ? [{ candidate, score: 100 + distance }] : []
  })
  scored.sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1))
  return scored.slice(0, MOST_SUGGESTIONS).map(({ candidate }) => candidate)
}

/** Insertions, deletions, replacements and swaps of neighbours from one word to another (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2][j - 2] + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[a.length][b.length]
}
