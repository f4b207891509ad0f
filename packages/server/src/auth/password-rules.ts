import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english, translations } from '@zxcvbn-ts/language-en'
import { invalidField } from '../http/http-error.ts'

export const LEAST_LENGTH = 12
export const MOST_LENGTH = 128
const LEAST_SCORE = 3

let judge: ZxcvbnFactory | null = null

/**
 * Refuses a password that is too short, too long, or guessed too easily by somebody who knows the user.
 * @throws {HttpError} 422
 */
export function checkPassword(password: string, field: string, known: readonly string[]): void {
  if (password.length < LEAST_LENGTH) {
    throw invalidField('body', field, 'password_too_short', `Password must have at least ${LEAST_LENGTH} characters`)
  }
  if (password.length > MOST_LENGTH) {
    throw invalidField('body', field, 'password_too_long', `Password must have at most ${MOST_LENGTH} characters`)
  }
  judge ??= new ZxcvbnFactory({
    dictionary: { ...common, ...english },
    graphs: adjacencyGraphs,
    translations,
  })
  const words = known.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).filter((word) => word.length > 2)
  const { score, feedback } = judge.check(password, ['pcap', 'analyzer', ...words])
  if (score >= LEAST_SCORE) return
  const advice = [feedback.warning, ...feedback.suggestions].filter((text) => text).join(' ')
  throw invalidField(
    'body',
    field,
    'password_too_weak',
    `Password is too weak (score ${score} of 4, ${LEAST_SCORE} needed). ${advice}`.trim(),
  )
}
