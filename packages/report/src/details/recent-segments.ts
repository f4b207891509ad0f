import type { SegmentRole, SegmentRow } from '@pcap-analyzer/engine'

const OPENING = 3
const BEFORE = 2
const AFTER = 2
const ENDING = 3
const FIN_OR_RST = 0x05

/** The opening and the last few segments of a connection, so that evidence that comes up can be shown in its place. */
export class RecentSegments {
  total = 0
  private readonly opening: SegmentRow[] = []
  private readonly ending: SegmentRow[] = []
  private readonly last: SegmentRow[] = []
  /** Evidence and the segments beside it: frame -> row, and the frames of evidence that it stands beside. */
  private readonly wanted = new Map<number, { readonly row: SegmentRow; readonly beside: Set<number> }>()
  private following = 0
  private followed = 0

  /** Takes the next segment; `isEvidence` when a finding names its frame. */
  add(row: SegmentRow, isEvidence: boolean): void {
    const [frame] = row
    this.total++
    if (this.opening.length < OPENING) this.opening.push(row)
    if ((row[3] & FIN_OR_RST) !== 0 && this.ending.length < ENDING) this.ending.push(row)
    if (this.following > 0) {
      this.following--
      this.want(row, this.followed)
    }
    if (isEvidence) {
      for (const before of this.last) this.want(before, frame)
      this.want(row, frame)
      this.following = AFTER
      this.followed = frame
    }
    this.last.push(row)
    if (this.last.length > BEFORE) this.last.shift()
  }

  /** Segments for a finding whose evidence are these frames, in order: they, what is beside them, the opening and the end. */
  around(evidence: ReadonlySet<number>): { role: SegmentRole; row: SegmentRow }[] {
    const chosen = new Map<number, { role: SegmentRole; row: SegmentRow }>()
    for (const row of this.ending) chosen.set(row[0], { role: 'end', row })
    for (const row of this.opening) chosen.set(row[0], { role: 'opening', row })
    for (const [frame, { row, beside }] of this.wanted) {
      if (evidence.has(frame)) chosen.set(frame, { role: 'evidence', row })
      else if (!chosen.has(frame) && [...beside].some((one) => evidence.has(one))) {
        chosen.set(frame, { role: 'context', row })
      }
    }
    return [...chosen.values()].sort((a, b) => a.row[0] - b.row[0])
  }

  private want(row: SegmentRow, evidence: number): void {
    const known = this.wanted.get(row[0])
    if (known === undefined) this.wanted.set(row[0], { row, beside: new Set([evidence]) })
    else known.beside.add(evidence)
  }
}
