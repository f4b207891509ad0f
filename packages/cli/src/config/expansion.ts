import type { Limits } from '@pcap-analyzer/engine'
import type { OptionValues } from '../commands/command.ts'

/** Limits that the options of the guard against huge expansion set. */
export function findLargeLimits(options: OptionValues): Partial<Limits> {
  const { maxExpansionRatio, maxDecompressedBytes, allowLargeExpansion } = options
  if (allowLargeExpansion === true) {
    return { maxDecompressionRatio: Number.MAX_SAFE_INTEGER, maxDecompressedBytes: Number.MAX_SAFE_INTEGER }
  }
  return {
    ...(maxExpansionRatio === undefined ? {} : { maxDecompressionRatio: maxExpansionRatio as number }),
    ...(maxDecompressedBytes === undefined ? {} : { maxDecompressedBytes: maxDecompressedBytes as number }),
  }
}
