import type { WindowMemory } from '../capture/window-memory.ts'
import type { Core } from '../core/core.ts'

/** Room for the bytes of one capture file after the other, in the core's memory. */
export class CaptureRoom implements WindowMemory {
  private readonly core: Core
  private pointer = 0
  private length = 0
  private isEmpty = true

  constructor(core: Core) {
    this.core = core
  }

  get buffer(): ArrayBuffer {
    return this.core.buffer
  }

  allocate(length: number): number {
    if (!this.isEmpty || length > this.length) {
      this.pointer = this.core.allocate(length)
      this.length = length
    }
    this.isEmpty = false
    return this.pointer
  }

  /** The file before is over: its room is used again. */
  empty(): void {
    this.isEmpty = true
  }
}
