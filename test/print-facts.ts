import { DRAIN_ENDED } from '../packages/engine/src/capture-run.ts'
import { Facts } from '../packages/engine/src/facts/facts.ts'
import { MemorySpool } from '../packages/engine/src/facts/spool.ts'
import { type Limits, withLimits } from '../packages/engine/src/limits.ts'

/** The `capture-golden/1` text of a capture that comes in chunks, made without Node. @throws {EngineError} as the capture reader. */
export function printFacts(chunks: Iterable<Uint8Array>, size: number, limits: Partial<Limits> = {}): string {
  const facts = new Facts(new MemorySpool(), withLimits(limits))
  const { run } = facts
  run.beginFile(null)
  let isOpen = true
  for (const chunk of chunks) {
    run.input.push(chunk)
    isOpen = run.drain() !== DRAIN_ENDED
    if (!isOpen) break
  }
  if (isOpen) {
    run.input.finish()
    run.drain()
  }
  run.endFile()
  run.finish()
  const decoder = new TextDecoder()
  let text = ''
  facts.print({ name: 'input', size }, (piece) => {
    text += decoder.decode(piece, { stream: true })
  })
  return text + decoder.decode()
}
