const PAGE_SHIFT = 10
const PAGE_RECORDS = 1 << PAGE_SHIFT

/** Records of `width` doubles by index of a flow or connection, in pages of 1024 that are made when they are first asked for. */
export class IndexedRecords {
  /** The page of the record that was asked for last. */
  values: Float64Array<ArrayBuffer>
  private readonly width: number
  private readonly pages: (Float64Array<ArrayBuffer> | undefined)[] = []

  constructor(width: number) {
    this.width = width
    this.values = this.page(0)
  }

  /** Where the record of an index starts in `values`, which is another array after the next call. All zero until it is written. */
  at(index: number): number {
    this.values = this.pages[index >>> PAGE_SHIFT] ?? this.page(index >>> PAGE_SHIFT)
    return (index & (PAGE_RECORDS - 1)) * this.width
  }

  /** Forgets a record: indices are used again. */
  clear(index: number): void {
    const start = (index & (PAGE_RECORDS - 1)) * this.width
    this.pages[index >>> PAGE_SHIFT]?.fill(0, start, start + this.width)
  }

  private page(number: number): Float64Array<ArrayBuffer> {
    while (this.pages.length < number) this.pages.push(undefined)
    const page = new Float64Array(PAGE_RECORDS * this.width)
    this.pages[number] = page
    return page
  }
}
