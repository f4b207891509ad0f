import { randomInt } from 'node:crypto'
import { Secret } from '../secret.ts'
import { passwordProblems, productionPolicy } from './password-policy.ts'

/** Letters and digits that look different, and marks that need no escape in URLs, shells, SQL, DSNs or password files. */
const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '-_.~'] as const
const alphabet = classes.join('')

/** A password that every policy of ours accepts, drawn uniformly from those that do; 32 characters are 190 bits. */
export function generatePassword(length = 32): Secret {
  for (;;) {
    const characters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)])
    // a leading dash or dot would look like an option or a hidden file
    if (/^[-.~]/.test(characters[0])) continue
    const password = new Secret(characters.join(''))
    if (
      passwordProblems(password, { ...productionPolicy, minLength: Math.min(length, productionPolicy.minLength) })
        .length === 0
    )
      return password
  }
}

/** Bits of a generated password of this length. */
export function passwordEntropyBits(length = 32): number {
  return Math.floor(length * Math.log2(alphabet.length))
}
