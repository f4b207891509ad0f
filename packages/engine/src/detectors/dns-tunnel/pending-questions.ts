/** A question worth keeping, before it is known who asked. */
export interface Question {
  readonly domain: string
  readonly subdomain: string
  readonly type: number
  readonly timeNs: number
  readonly frame: number
}

const MOST_QUESTIONS = 1 << 14
const NONE: readonly Question[] = []

/** Questions over TCP, by stream, until its flow ends and tells who asked; beyond the bound they are not heard. */
export class PendingQuestions {
  private readonly streams = new Map<number, Question[]>()
  private count = 0

  add(stream: number, question: Question): void {
    if (this.count >= MOST_QUESTIONS) return
    this.count++
    const known = this.streams.get(stream)
    if (known === undefined) this.streams.set(stream, [question])
    else known.push(question)
  }

  /** The questions of a stream that is over, forgotten with it. */
  give(stream: number): readonly Question[] {
    const questions = this.count === 0 ? undefined : this.streams.get(stream)
    if (questions === undefined) return NONE
    this.streams.delete(stream)
    this.count -= questions.length
    return questions
  }
}
