import { randomInt } from 'node:crypto'
import { Secret } from '../secret.ts'

/** Letters and digits that look different, and marks that need no escape in URLs, shells, SQL, DSNs or password files. */
const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '-_.~'] as const
const alphabet = classes.join('')

/** A password that every policy of ours accepts: at least one of each class, otherwise uniform; 32 characters are 190 bits. */
export function generatePassword(length = 32): Secret {
  for (;;) {
    const characters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)])
    // a leading dash or dot would look like an option or a hidden file; drawing again keeps the rest uniform
    const isPlain = !/^[-.~]/.test(characters[0])
    if (isPlain && classes.every((set) => characters.some((one) => set.includes(one))))
      return new Secret(characters.join(''))
  }
}

/** Bits of a generated password of this length. */
export function passwordEntropyBits(length = 32): number {
  return Math.floor(length * Math.log2(alphabet.length))
}
