import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const EVERY_BYTES = 4 << 20

type Collect = (options: { type: 'minor' }) => void

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as Collect
let passedBytes = 0

/**
 * Counts bytes that passed through and are garbage. What holds a chunk is small to V8, which therefore lets chunks of many megabytes pile up
 * before it looks, and then looks at everything; looked at now and then, they are given back while they are still in the processor's cache.
 */
export function passed(bytes: number): void {
  passedBytes += bytes
  if (passedBytes < EVERY_BYTES) return
  passedBytes = 0
  collect({ type: 'minor' })
}
