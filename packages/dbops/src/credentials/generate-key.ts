import { randomBytes, randomInt } from 'node:crypto'
import { Secret } from '../secret.ts'
import { generatePassword, passwordEntropyBits } from './generate-password.ts'
import { passwordProblems, productionPolicy } from './password-policy.ts'

/** What a secret is for. */
export const secretKinds = ['password', 'hex', 'base64url', 'api-key', 'passphrase'] as const
export type SecretKind = (typeof secretKinds)[number]

const KEY_BYTES = 32
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** So many of them are 256 bits. */
const API_KEY_LENGTH = 43
const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aeiou'
const WORDS = 6

/** A secret of a kind, with its bits: a password, the key of an application in two notations or for calls of an API, or words that can be spoken. */
export function generateSecret(kind: SecretKind, length = 32): { secret: Secret; bits: number } {
  if (kind === 'password') return { secret: generatePassword(length), bits: passwordEntropyBits(length) }
  if (kind === 'passphrase') return passphrase()
  if (kind === 'api-key') return apiKey()
  return { secret: new Secret(randomBytes(KEY_BYTES).toString(kind)), bits: KEY_BYTES * 8 }
}

/** A beginning by which scanners and people know what it is, and 43 letters and digits. */
function apiKey(): { secret: Secret; bits: number } {
  const bits = Math.floor(API_KEY_LENGTH * Math.log2(ALPHANUMERIC.length))
  for (;;) {
    const random = Array.from({ length: API_KEY_LENGTH }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join('')
    const secret = new Secret(`key_${random}`)
    if (passwordProblems(secret, productionPolicy).length === 0) return { secret, bits }
  }
}

/** Six made-up words of three syllables, and a number, which every policy accepts. */
function passphrase(): { secret: Secret; bits: number } {
  const one = (letters: string): string => letters[randomInt(letters.length)]
  const word = (): string => {
    const text = Array.from({ length: 3 }, () => one(CONSONANTS) + one(VOWELS)).join('')
    return text[0].toUpperCase() + text.slice(1)
  }
  for (;;) {
    const secret = new Secret(`${Array.from({ length: WORDS }, word).join('-')}-${randomInt(10, 100)}`)
    const bits = Math.floor(WORDS * 3 * Math.log2(CONSONANTS.length * VOWELS.length) + Math.log2(90))
    if (passwordProblems(secret, productionPolicy).length === 0) return { secret, bits }
  }
}
