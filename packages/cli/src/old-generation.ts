import { setFlagsFromString } from 'node:v8'
import type { ProgressListener } from '@pcap-analyzer/engine/node'

/** A run this long has filled the tables that are bounded; what its memory grows by from then on is garbage. */
const LONG_RUN_PACKETS = 1_000_000
const GROWTH_PERCENT = 25

const LITTLE_KEPT_GROWTH_PERCENT = 300

/** For runs that have little on the heap however long the capture is (docs/decisions/0007-memory-of-the-command.md). */
export function loosenOldGeneration(): void {
  setFlagsFromString(`--heap-growing-percent=${LITTLE_KEPT_GROWTH_PERCENT}`)
}

/**
 * Lets garbage of the old generation lie in short runs, where collecting it costs more than it frees, but not in long ones, so that a capture
 * ten times as long needs hardly more memory (docs/decisions/0007-memory-of-the-command.md). To be told of the progress of the run.
 */
export function holdOldGeneration(onProgress?: ProgressListener): ProgressListener {
  let isHeld = false
  return (progress) => {
    if (!isHeld && progress.packets >= LONG_RUN_PACKETS) {
      setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
      isHeld = true
    }
    onProgress?.(progress)
  }
}
