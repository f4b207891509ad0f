import { EngineError } from './errors.ts'

/** Bounds that keep a hostile capture from exhausting the process. Bytes unless the name says otherwise. */
export interface Limits {
  /** Flows kept at one time; beyond it the longest-closed or longest-idle flow is retired into the totals. */
  readonly maxFlows: number
  /** Unacknowledged segments remembered over all connections (each direction keeps at most 10 000). */
  readonly maxUnackedSegments: number
  /** Bytes that all IP fragments waiting for their rest may hold. */
  readonly maxFragmentBytes: number
  /** Bytes that one direction of a TCP stream may hold while a message is incomplete. */
  readonly maxStreamBytes: number
  /** Bytes that all TCP streams together may hold. */
  readonly maxReassemblyBytes: number
  /** Headers inside headers that are followed before decoding stops. */
  readonly maxLayers: number
  /** Uncompressed bytes that a compressed capture may yield. */
  readonly maxDecompressedBytes: number
  /** Uncompressed bytes that each compressed byte may yield, judged after the first 16 MiB. */
  readonly maxDecompressionRatio: number
}

export const defaultLimits: Limits = {
  maxFlows: 1 << 20,
  maxUnackedSegments: 1 << 20,
  maxFragmentBytes: 16 << 20,
  maxStreamBytes: 1 << 20,
  maxReassemblyBytes: 64 << 20,
  maxLayers: 32,
  maxDecompressedBytes: 64 * 1024 ** 3,
  maxDecompressionRatio: 1000,
}

/** The defaults with some of them replaced.
 * @throws {EngineError} INVALID_OPTION when a value is not a positive integer. */
export function withLimits(overrides: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(overrides)) {
    if (!Number.isSafeInteger(value) || (value as number) < 1) {
      throw new EngineError('INVALID_OPTION', `limit ${name} must be a positive integer, not ${String(value)}`)
    }
  }
  return { ...defaultLimits, ...overrides }
}
