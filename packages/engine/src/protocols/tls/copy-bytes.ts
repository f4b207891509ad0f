/** A copy of `bytes[start…end)` for keeping. `slice` will not do: on a Node Buffer it gives a view of memory that is only borrowed. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}
