import type { RecordsPassed } from './stream-connections.ts'
import { MAX_UNITS, newestOf, StreamUnit } from './stream-unit.ts'

/**
 * The record that a direction is in after the segment at `position`, or an empty one behind all that were put together; null while
 * something waits that is read. A record of which a part was lost waits for ever and hurts nobody: what comes lies behind it.
 */
export function recordUnderWay(
  units: readonly StreamUnit[],
  position: number,
): { start: number; next: number; end: number } | null {
  const newest = newestOf(units)
  let end = 0
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!
    if (!unit.isDone && (!unit.isSkipped || unit.isUntilFin)) return null
    if (unit !== newest && unit.end > end) end = unit.end
  }
  if (newest === undefined) return { start: 0, next: 0, end: 0 }
  if (newest.isDone || position >= newest.end) end = Math.max(end, newest.end)
  else return newest.islands.length === 0 && end <= newest.start ? newest : null
  return { start: end, next: end, end }
}

/** Makes the units what they would be had every segment been shown. */
export function catchUpRecords(units: StreamUnit[], passed: RecordsPassed): void {
  const { ended, start, next, end } = passed
  for (let i = 0; i < ended.length; i += 2) finish(unitAt(units, ended[i]!, ended[i + 1]!), ended[i + 1]!)
  if (next === end) return
  const unit = unitAt(units, start, end)
  unit.next = next
  unit.isSkipped = true
}

function finish(unit: StreamUnit, end: number): void {
  unit.isDone = true
  unit.next = end
  unit.keptFrom = end
}

/** The unit that waits, when it is the one of this start; else a new one. */
function unitAt(units: StreamUnit[], start: number, end: number): StreamUnit {
  const newest = newestOf(units)
  if (newest !== undefined && !newest.isDone && newest.start === start) return newest
  if (units.length >= MAX_UNITS) units.shift()
  const unit = new StreamUnit(start, end, 0, 0)
  unit.end = end
  units.push(unit)
  return unit
}
