/** Compressions that a capture may come in. */
export type CompressionName = 'gzip' | 'zstd' | 'lz4'
