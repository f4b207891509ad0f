import { view } from './finding-schema.ts'
import { count, list, record, text, value, withOptional } from './schema-words.ts'

/** Units of values in sections; a renderer that knows these can draw any section. */
const units = [
  'count',
  'bytes',
  'ns',
  'ratio',
  'bitsPerSecond',
  'packetsPerSecond',
  'address',
  'port',
  'frame',
  'stream',
  'protocol',
  'text',
  'filter',
  'time',
]

const fact = withOptional(record({ key: text, label: text, unit: { enum: units }, value }), {
  samples: { ...count, description: 'of how many samples it is, where that decides whether it can be told' },
  note: { ...text, description: 'why there is no value' },
})

export const section = record(
  {
    id: { ...text, description: 'id of the analyzer' },
    title: text,
    view,
    facts: list(fact),
    tables: list(
      record({
        key: text,
        title: text,
        columns: list(record({ key: text, label: text, unit: { enum: units } })),
        rows: list(list(value), 'one value a column; capped, total says how many rows there were'),
        total: count,
      }),
    ),
  },
  'facts of one analyzer',
)
