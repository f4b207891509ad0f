/** From this length on a list has the room in reserve that pushing makes. */
const LONG = 8

/**
 * A list with one more number at its end. Pushing into a list reserves room for sixteen more; tables hold thousands of lists that stay
 * short, so a short one is made anew, just as long as it must be. O(1) amortised.
 */
export function withNumber(list: number[], number: number): number[] {
  const { length } = list
  if (length >= LONG) {
    list.push(number)
    return list
  }
  const longer = new Array<number>(length + 1)
  for (let i = 0; i < length; i++) longer[i] = list[i]
  longer[length] = number
  return longer
}
