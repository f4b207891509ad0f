import type { Section } from '../report.ts'

/** The numbers of a report's sections, by id of the section and key of the fact. */
export class SectionFacts {
  private readonly values: ReadonlyMap<string, number>

  constructor(sections: readonly Section[]) {
    this.values = new Map(
      sections.flatMap(({ id, facts }) =>
        facts.flatMap(({ key, value }) => (typeof value === 'number' ? [[`${id}.${key}`, value] as const] : [])),
      ),
    )
  }

  /** The number that stands at `path`, such as `dns.queries`; null when nothing is known. */
  find(path: string): number | null {
    return this.values.get(path) ?? null
  }

  /** The sum of some numbers; what is not known counts for nothing. */
  sum(paths: readonly string[]): number {
    return paths.reduce((sum, path) => sum + (this.find(path) ?? 0), 0)
  }
}
