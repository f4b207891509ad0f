/** Up to this length a string is made faster without a decoder. */
const LONGEST_OF_CODES = 64
/** An array for every length, to make strings from: one of another kind would be copied for the call. */
const codesOf = Array.from({ length: LONGEST_OF_CODES + 1 }, (_, length) => new Array<number>(length).fill(0))
const decoder = new TextDecoder('latin1')

/** ASCII as a string. Other bytes become some character each, so it is good for comparing, not for showing. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length <= 0) return ''
  if (length > LONGEST_OF_CODES) return decoder.decode(bytes.subarray(start, end))
  const codes = codesOf[length]!
  for (let i = 0; i < length; i++) codes[i] = bytes[start + i]!
  return String.fromCharCode.apply(null, codes)
}
