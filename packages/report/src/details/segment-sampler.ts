import type { SegmentRow } from '@pcap-analyzer/engine'

const MOST_SEGMENTS = 700
const MOST_REMARKABLE = 250

/** Keeps some segments of a connection of unknown length: every one at first, then every second, fourth …; remarkable ones as long as they are few. */
export class SegmentSampler {
  total = 0
  stride = 1
  private kept: { readonly number: number; readonly isRemarkable: boolean; readonly row: SegmentRow }[] = []
  private remarkable = 0

  add(row: SegmentRow, isRemarkable: boolean): void {
    const number = this.total++
    const isKept = isRemarkable && this.remarkable < MOST_REMARKABLE
    if (isKept) this.remarkable++
    else if (number % this.stride !== 0) return
    this.kept.push({ number, isRemarkable: isKept, row })
    while (this.kept.length > MOST_SEGMENTS) {
      this.stride *= 2
      this.kept = this.kept.filter((one) => one.isRemarkable || one.number % this.stride === 0)
    }
  }

  rows(): SegmentRow[] {
    return this.kept.map(({ row }) => row)
  }
}
