import type { SessionAnswer } from './answers.ts'

declare global {
  var firstAnswers: Map<string, Promise<Response>> | undefined
}

const SESSION = '/api/session'
const REPORT = /^\/reports\/([^/]+)$/

/**
 * Asks what the first page will ask, while its script is still on the way: who is logged in and, for them, the report of the address.
 * Runs in the script before the first paint, so that the answers are left where the application finds them.
 */
export function askFirst(address: string): void {
  const answers = new Map<string, Promise<Response>>()
  globalThis.firstAnswers = answers
  const ask = (path: string) => {
    const answer = fetch(path)
    // whoever takes it hears of the failure
    answer.catch(() => {})
    answers.set(path, answer)
    return answer
  }
  const session = ask(SESSION)
  const [, task] = REPORT.exec(address) ?? []
  if (task === undefined) return
  const readable = session.then(async (response) => {
    const { user } = (await response.clone().json()) as SessionAnswer
    return user !== null && !user.password_must_change
  })
  readable.then(
    (isReadable) => {
      if (!isReadable) return
      void ask(`/api/reports/${task}/json`)
      void ask(`/api/tasks/${task}/access`)
    },
    () => {},
  )
}

/** An answer that was asked for early; each is given once. */
export function takeFirstAnswer(path: string): Promise<Response> | undefined {
  const answer = globalThis.firstAnswers?.get(path)
  globalThis.firstAnswers?.delete(path)
  return answer
}
