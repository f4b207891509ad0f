import { createHash } from 'node:crypto'
import type { ConvertedRow } from './source.ts'

const MODULUS = 1n << 256n

/** A sum of the rows' hashes, the same in whatever order they come. */
export class RowsChecksum {
  #sum = 0n

  add(row: ConvertedRow, columns: readonly string[]): void {
    const text = JSON.stringify(columns.map((column) => row[column] ?? null))
    const digest = createHash('sha256').update(text).digest('hex')
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS
  }

  get text(): string {
    return this.#sum.toString(16).padStart(64, '0')
  }
}
