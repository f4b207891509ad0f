import { JsonBytes, type JsonValue } from './json-bytes.ts'

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

  /** A member that writes its own text. */
  list(name: string, list: { output(write: (piece: Uint8Array) => void): void }): void {
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
