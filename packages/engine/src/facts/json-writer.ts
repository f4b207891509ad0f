import type { JsonList } from './json-list.ts'

const PIECE_CHARACTERS = 1 << 15

/** Writes one JSON object member by member, so that no part of it has to be in memory as a whole. */
export class JsonWriter {
  private text = ''
  private needsComma = false
  private readonly encoder = new TextEncoder()
  private readonly write: (piece: Uint8Array) => void

  constructor(write: (piece: Uint8Array) => void) {
    this.write = write
  }

  begin(): void {
    this.text += '{'
    this.needsComma = false
  }

  end(): void {
    this.text += '}\n'
    this.flush()
  }

  /** A member whose value fits in memory. */
  member(name: string, value: unknown): void {
    this.name(name)
    this.text += JSON.stringify(value)
    this.flushIfLarge()
  }

  /** A member that is an object; `body` writes its members. */
  section(name: string, body: () => void): void {
    this.name(name)
    this.text += '{'
    this.needsComma = false
    body()
    this.text += '}'
    this.needsComma = true
  }

  /** A member that is an array of rows, made one at a time. */
  rows(name: string, rows: Iterable<unknown>): void {
    this.name(name)
    this.text += '['
    let isFirst = true
    for (const row of rows) {
      this.text += isFirst ? JSON.stringify(row) : `,${JSON.stringify(row)}`
      isFirst = false
      this.flushIfLarge()
    }
    this.text += ']'
  }

  /** A member that is an object with many members, made one at a time. */
  entries(name: string, entries: Iterable<readonly [string, unknown]>): void {
    this.section(name, () => {
      for (const [key, value] of entries) this.member(key, value)
    })
  }

  /** A member that was spooled as it was found. */
  list(name: string, list: JsonList): void {
    this.name(name)
    this.flush()
    list.output(this.write)
  }

  private name(name: string): void {
    this.text += `${this.needsComma ? ',' : ''}${JSON.stringify(name)}:`
    this.needsComma = true
  }

  private flushIfLarge(): void {
    if (this.text.length >= PIECE_CHARACTERS) this.flush()
  }

  private flush(): void {
    if (this.text === '') return
    this.write(this.encoder.encode(this.text))
    this.text = ''
  }
}
