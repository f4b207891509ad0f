/** Memory that a byte window lies in when it is not its own: the core's, so that the core can read records by itself. */
export interface WindowMemory {
  /** The buffer as it is now: another one after memory has grown. */
  readonly buffer: ArrayBuffer
  /** Offset of room for `length` bytes that nobody else uses; memory may grow. What was given before stays as it is. */
  allocate(length: number): number
}
