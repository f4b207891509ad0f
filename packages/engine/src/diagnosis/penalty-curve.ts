/** Points of a curve from a measured value to a penalty of 0 … 100, ascending in both. */
export type PenaltyCurve = readonly (readonly [value: number, penalty: number])[]

/** The penalty of a value: straight lines between the points, 0 before the first, that of the last beyond it. So it never falls. */
export function penaltyOf(curve: PenaltyCurve, value: number): number {
  for (let i = 1; i < curve.length; i++) {
    const [from, least] = curve[i - 1]
    const [to, most] = curve[i]
    if (value <= from) return least
    if (value < to) return least + ((most - least) * (value - from)) / (to - from)
  }
  return curve[curve.length - 1][1]
}
