/** Newest minor release of each major known when this table was made; it is judged without a network. */
const newestMinors: Readonly<Record<number, number>> = { 13: 23, 14: 23, 15: 18, 16: 14, 17: 10, 18: 4 }
const TABLE_DATE = '2026-06-01'
const endOfLife: Readonly<Record<number, string>> = {
  13: '2025-11-13',
  14: '2026-11-12',
  15: '2027-11-11',
  16: '2028-11-09',
  17: '2029-11-08',
  18: '2030-11-14',
}

export interface PatchVerdict {
  readonly isCurrent: boolean
  readonly evidence: string
}

/** Judges a version number such as 150018 against the table; says how old the table is. */
export function judgePatchLevel(versionNumber: number, now: Date): PatchVerdict {
  const major = Math.floor(versionNumber / 10_000)
  const minor = versionNumber % 10_000
  const newest = newestMinors[major]
  const end = endOfLife[major]
  if (newest === undefined || end === undefined)
    return { isCurrent: major > 18, evidence: `PostgreSQL ${major}.${minor} is not in the table of ${TABLE_DATE}` }
  if (now > new Date(end))
    return { isCurrent: false, evidence: `PostgreSQL ${major} is supported no more since ${end}` }
  const isCurrent = minor >= newest
  return { isCurrent, evidence: `${major}.${minor}, newest known ${major}.${newest} (table of ${TABLE_DATE})` }
}
