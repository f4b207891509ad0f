import { copyBytes } from '../tls/copy-bytes.ts'

interface Entry<T> {
  id: Uint8Array
  value: T
  next: Entry<T> | undefined
}

/** Finds values by connection id; the id given last wins. Looking up allocates nothing. */
export class ConnectionIds<T> {
  readonly #entries = new Map<number, Entry<T>>()
  /** Bit n is set when an id of n bytes was ever added. */
  #lengths = 0

  add(bytes: Uint8Array, start: number, length: number, value: T): void {
    const hash = hashOf(bytes, start, length)
    const found = this.#findEntry(hash, bytes, start, length)
    if (found !== undefined) {
      found.value = value
      return
    }
    this.#lengths |= 1 << length
    this.#entries.set(hash, { id: copyBytes(bytes, start, start + length), value, next: this.#entries.get(hash) })
  }

  find(bytes: Uint8Array, start: number, length: number): T | undefined {
    return this.#findEntry(hashOf(bytes, start, length), bytes, start, length)?.value
  }

  /** The value of an id that begins at `start` and ends by `end`; a short header does not tell its length, so the shortest wins. */
  findPrefix(bytes: Uint8Array, start: number, end: number): T | undefined {
    for (let length = 1; length <= 20 && start + length <= end; length++) {
      if ((this.#lengths & (1 << length)) === 0) continue
      const value = this.find(bytes, start, length)
      if (value !== undefined) return value
    }
    return undefined
  }

  /** Removes an id if it still has this value. */
  remove(id: Uint8Array, value: T): void {
    const hash = hashOf(id, 0, id.length)
    const kept: Entry<T>[] = []
    for (let entry = this.#entries.get(hash); entry !== undefined; entry = entry.next) {
      if (entry.value !== value || !equals(entry.id, id, 0, id.length)) kept.push(entry)
    }
    let chain: Entry<T> | undefined
    for (const entry of kept.reverse()) {
      entry.next = chain
      chain = entry
    }
    if (chain === undefined) this.#entries.delete(hash)
    else this.#entries.set(hash, chain)
  }

  #findEntry(hash: number, bytes: Uint8Array, start: number, length: number): Entry<T> | undefined {
    let entry = this.#entries.get(hash)
    while (entry !== undefined && !equals(entry.id, bytes, start, length)) entry = entry.next
    return entry
  }
}

/** FNV-1a over length and bytes. */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0x811c9dc5 ^ length
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193)
  return hash
}

function equals(id: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (id.length !== length) return false
  for (let i = 0; i < length; i++) if (id[i] !== bytes[start + i]) return false
  return true
}
