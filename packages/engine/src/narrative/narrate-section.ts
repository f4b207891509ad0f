import type { Fact, Section, Table, Value } from '../report.ts'
import { englishLabel, englishValue, labelIn, valueIn, wordValues } from './labels.ts'
import { sampleWords } from './sample-words.ts'
import type { Language } from './words.ts'

/** Puts the words of a section in the language of the report; keys, names and captured text stay. */
export function narrateSection(section: Section, language: Language): Section {
  return {
    ...section,
    title: labelIn(language, section.title),
    facts: section.facts.map((fact) => narrateFact(section.id, fact, language)),
    tables:
      language === 'en' ? section.tables : section.tables.map((table) => narrateTable(section.id, table, language)),
  }
}

/** A section as analyzers write it, of one in any language. */
export function englishSection(section: Section): Section {
  const original = (place: string, value: Value) =>
    typeof value === 'string' && wordValues.has(`${section.id}.${place}`) ? englishValue(value) : value
  return {
    ...section,
    title: englishLabel(section.title),
    facts: section.facts.map((fact) => ({
      ...fact,
      label: englishLabel(fact.label),
      value: original(fact.key, fact.value),
    })),
    tables: section.tables.map((table) => ({
      ...table,
      title: englishLabel(table.title),
      columns: table.columns.map((column) => ({ ...column, label: englishLabel(column.label) })),
      rows: table.rows.map((row) => row.map((value, i) => original(`${table.key}.${table.columns[i].key}`, value))),
    })),
  }
}

function narrateFact(section: string, fact: Fact, language: Language): Fact {
  const { key, label, value, samples } = fact
  const told = {
    ...fact,
    label: labelIn(language, label),
    value: wordValues.has(`${section}.${key}`) ? inLanguage(value, language) : value,
  }
  return samples === undefined || value !== null ? told : { ...told, note: sampleWords[language].tooFew(samples) }
}

function narrateTable(section: string, table: Table, language: Language): Table {
  const { key, title, columns, rows } = table
  const words = columns.map((column) => wordValues.has(`${section}.${key}.${column.key}`))
  return {
    ...table,
    title: labelIn(language, title),
    columns: columns.map((column) => ({ ...column, label: labelIn(language, column.label) })),
    rows: words.includes(true)
      ? rows.map((row) => row.map((value, i) => (words[i] ? inLanguage(value, language) : value)))
      : rows,
  }
}

function inLanguage(value: Value, language: Language): Value {
  return typeof value === 'string' ? valueIn(language, value) : value
}
