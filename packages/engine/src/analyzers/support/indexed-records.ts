const FIRST_RECORDS = 256
const GROWTH = 4

/** Records of `width` doubles by index of a flow or connection, in one array that grows with the indices. */
export class IndexedRecords {
  values: Float64Array<ArrayBuffer>
  private readonly width: number

  constructor(width: number) {
    this.width = width
    this.values = new Float64Array(FIRST_RECORDS * width)
  }

  /** Where the record of an index starts in `values`, which may be another array afterwards. All zero until it is written. */
  at(index: number): number {
    const start = index * this.width
    if (start >= this.values.length) this.grow(start)
    return start
  }

  /** Forgets a record: indices are used again. */
  clear(index: number): void {
    const start = index * this.width
    if (start < this.values.length) this.values.fill(0, start, start + this.width)
  }

  private grow(start: number): void {
    let length = this.values.length
    while (length <= start) length *= GROWTH
    const values = new Float64Array(length)
    values.set(this.values)
    this.values = values
  }
}
