import type { Secret } from '../secret.ts'
import { commonPasswords } from './common-passwords.ts'

export interface PasswordPolicy {
  readonly minLength: number
  /** Of lower case, upper case, digits and marks. */
  readonly minClasses: number
  readonly minEntropyBits: number
}

export const standardPolicy: PasswordPolicy = { minLength: 16, minClasses: 3, minEntropyBits: 60 }
export const productionPolicy: PasswordPolicy = { minLength: 20, minClasses: 4, minEntropyBits: 80 }

/** Why a password is not good enough, in words without the password; empty when it is. */
export function passwordProblems(password: Secret, policy: PasswordPolicy, names: readonly string[] = []): string[] {
  const value = password.reveal()
  const lower = value.toLowerCase()
  const problems: string[] = []
  if (value.length < policy.minLength) problems.push(`has ${value.length} characters, ${policy.minLength} are needed`)
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(value)).length
  if (classes < policy.minClasses) problems.push(`has ${classes} kinds of characters, ${policy.minClasses} are needed`)
  if (commonPasswords.some((common) => lower === common || (common.length > 5 && lower.includes(common))))
    problems.push('holds a common password')
  if (names.some((name) => name.length > 2 && lower.includes(name.toLowerCase())))
    problems.push('holds the name of the role, database or host')
  if (/change[_-]?me|placeholder|your[_-]|example|xxxx|<.*>|\$\{/.test(lower)) problems.push('looks like a placeholder')
  if (/(.)\1{3}/.test(value)) problems.push('repeats a character')
  if (hasRun(lower)) problems.push('holds a run of the alphabet or keyboard')
  if (entropyBits(value) < policy.minEntropyBits) problems.push('has too little variety')
  return problems
}

const runs = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm']

function hasRun(value: string): boolean {
  const length = 5
  return runs.some((run) => {
    const both = [run, [...run].reverse().join('')]
    return both.some((text) =>
      Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length)).some((part) =>
        value.includes(part),
      ),
    )
  })
}

/** Shannon's measure over the characters of the value itself, times its length. */
export function entropyBits(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / value.length)
  return bits
}
