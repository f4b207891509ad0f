import { DbopsError } from './errors.ts'

/** Values of a YAML file, each of its kind; what is wrong is told with its place. @throws {DbopsError} CONFIG_INVALID */
export class YamlValues {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  #wrong(place: string, what: string, hint?: string): DbopsError {
    return new DbopsError('CONFIG_INVALID', `${this.#file}: ${place} ${what}`, { hint })
  }

  /** With the keys that are known; null for any. */
  mapping(value: unknown, place: string, keys: readonly string[] | null): Readonly<Record<string, unknown>> {
    if (value === undefined || value === null) return {}
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#wrong(place, 'holds no mapping')
    if (keys === null) return value as Readonly<Record<string, unknown>>
    for (const key of Object.keys(value))
      if (!keys.includes(key))
        throw this.#wrong(
          place === '' ? `key "${key}"` : `${place}.${key}`,
          'is unknown',
          `known are ${keys.join(', ')}`,
        )
    return value as Readonly<Record<string, unknown>>
  }

  list(value: unknown, place: string): readonly unknown[] {
    if (value === undefined || value === null) return []
    if (!Array.isArray(value)) throw this.#wrong(place, 'is no list')
    return value
  }

  text(value: unknown, place: string): string {
    if (typeof value !== 'string' || value === '') throw this.#wrong(place, 'is missing or no text')
    return value
  }

  flag(value: unknown, place: string, fallback: boolean): boolean {
    if (value === undefined) return fallback
    if (typeof value !== 'boolean') throw this.#wrong(place, 'is neither true nor false')
    return value
  }

  word<const Value extends string>(
    value: unknown,
    place: string,
    words: readonly Value[],
    fallback: Value | null,
  ): Value {
    const found = words.find((word) => word === value) ?? (value === undefined ? fallback : null)
    if (found === null) throw this.#wrong(place, `is none of ${words.join(', ')}`)
    return found
  }

  number(value: unknown, place: string, most: number): number | null {
    if (value === undefined) return null
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
      throw this.#wrong(place, `is not a whole number between 0 and ${most}`)
    return value
  }
}
