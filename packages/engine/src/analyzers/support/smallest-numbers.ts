const MOST_NUMBERS = 1000

/** Adds a number to ascending distinct ones, of which the thousand smallest are kept; O(log n) for one that is known. */
export function addNumber(numbers: number[], number: number): void {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle] < number) low = middle + 1
    else high = middle
  }
  if (numbers[low] === number || low >= MOST_NUMBERS) return
  numbers.splice(low, 0, number)
  if (numbers.length > MOST_NUMBERS) numbers.pop()
}

/** Adds the numbers of `from`; commutative and associative. */
export function mergeNumbers(into: number[], from: readonly number[]): void {
  for (const number of from) addNumber(into, number)
}
