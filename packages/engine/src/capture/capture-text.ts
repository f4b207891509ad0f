const MAX_TEXT_BYTES = 4096
const MAX_TOTAL_BYTES = 16 << 20

const decoder = new TextDecoder('utf-8')

/** Reads the texts of a capture (names, comments), each cut at 4 KiB, until 16 MiB of them are kept; then they are empty. */
export class CaptureText {
  #bytesLeft = MAX_TOTAL_BYTES

  read(bytes: Uint8Array, start: number, length: number): string {
    let kept = Math.min(length, MAX_TEXT_BYTES, this.#bytesLeft)
    while (kept > 0 && bytes[start + kept - 1] === 0) kept--
    this.#bytesLeft -= kept
    return decoder.decode(bytes.subarray(start, start + kept))
  }
}
