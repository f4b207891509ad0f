import { JsonBytes, type JsonValue } from './json-bytes.ts'
import type { JsonList } from './json-list.ts'

/** Writes one JSON object member by member, so that no part of it has to be in memory as a whole. */
export class JsonWriter {
  private readonly bytes: JsonBytes
  private readonly write: (piece: Uint8Array) => void

  constructor(write: (piece: Uint8Array) => void) {
    this.write = write
    this.bytes = new JsonBytes(write)
  }

  begin(): void {
    this.bytes.syntax('{', true)
  }

  end(): void {
    this.bytes.syntax('}\n', false)
    this.bytes.end()
  }

  member(name: string, value: JsonValue): void {
    this.name(name)
    this.bytes.value(value)
  }

  /** A member that is an object; `body` writes its members. */
  section(name: string, body: () => void): void {
    this.name(name)
    this.bytes.syntax('{', true)
    body()
    this.bytes.syntax('}', false)
  }

  /** A member that is an array of rows, made one at a time. */
  rows(name: string, rows: Iterable<readonly JsonValue[]>): void {
    const { bytes } = this
    this.name(name)
    bytes.beginRow()
    for (const row of rows) {
      bytes.beginRow()
      for (let i = 0; i < row.length; i++) bytes.value(row[i])
      bytes.endRow()
    }
    bytes.endRow()
  }

  /** A member that is an object with many members, made one at a time. */
  entries(name: string, entries: Iterable<readonly [string, JsonValue]>): void {
    this.section(name, () => {
      for (const [key, value] of entries) this.member(key, value)
    })
  }

  /** A member that was spooled as it was found. */
  list(name: string, list: JsonList): void {
    this.name(name)
    this.bytes.end()
    list.output(this.write)
    this.bytes.syntax('', false)
  }

  private name(name: string): void {
    this.bytes.value(name)
    this.bytes.syntax(':', true)
  }
}
