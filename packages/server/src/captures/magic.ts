import { open } from 'node:fs/promises'

/** First bytes of captures and of compressed files: classic pcap in µs and ns and its variants in both orders, pcapng, gzip, zstd, lz4. */
const MAGICS: readonly string[] = [
  'a1b2c3d4',
  'd4c3b2a1',
  'a1b23c4d',
  '4d3cb2a1',
  'a1b2cd34',
  '34cdb2a1',
  '0a0d0d0a',
  '28b52ffd',
  '04224d18',
  '1f8b',
]
const LENGTH = 4

/** Whether a file begins as a capture does. */
export async function hasCaptureMagic(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LENGTH), 0, LENGTH, null)
    const beginning = buffer.subarray(0, bytesRead).toString('hex')
    return bytesRead === LENGTH && MAGICS.some((magic) => beginning.startsWith(magic))
  } finally {
    await file.close()
  }
}
