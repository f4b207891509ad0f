import { analyze } from '../../packages/engine/src/analyze.ts'
import { EngineError } from '../../packages/engine/src/errors.ts'
import { printFacts } from '../print-facts.ts'

/** What the engine says of a capture: the JSON of its report and of its facts, or why it was refused. */
export interface Answers {
  readonly report: string
  readonly facts: string
}

/** Everything the engine says of these bytes. They are given at once for the facts and as `source` for the report. */
export async function answersTo(
  bytes: Uint8Array,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = [bytes],
): Promise<Answers> {
  return {
    report: await textOf(async () => JSON.stringify(await analyze(source))),
    facts: await textOf(() => printFacts([bytes], bytes.length)),
  }
}

async function textOf(work: () => Promise<string> | string): Promise<string> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return `${error.code}: ${error.message}`
  }
}
