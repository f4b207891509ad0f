import { sha1 } from '@noble/hashes/legacy.js'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A name for a connection in Zeek's form. Zeek draws lots; ours comes of its first frame, so that it is the same in every run. */
export function uidOf(frame: number, ends: readonly (string | number)[]): string {
  const hash = sha1(new TextEncoder().encode(`${frame} ${ends.join(' ')}`))
  let number = hash.subarray(0, 12).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  let text = ''
  while (text.length < 17) {
    text += DIGITS[Number(number % 62n)]
    number /= 62n
  }
  return `C${text.slice(0, 16)}`
}
