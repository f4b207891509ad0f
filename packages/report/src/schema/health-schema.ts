import { grades, healthMetricIds, severities } from '@pcap-analyzer/engine'
import { checkId } from './quality-schema.ts'
import { count, list, record, type Schema, text } from './schema-words.ts'

const points: Schema = { type: 'number', minimum: 0, maximum: 100 }

export const health = record(
  {
    score: { type: ['number', 'null'], minimum: 0, maximum: 100, description: 'null when nothing could be measured' },
    grade: { enum: [...grades, null], description: 'from 95, 85, 65, 45, 25 points on, and below' },
    text: { ...text, minLength: 1 },
    parts: list(
      record({
        id: { enum: [...healthMetricIds] },
        unit: { enum: ['ratio', 'ns'] },
        value: { type: ['number', 'null'], minimum: 0 },
        samples: count,
        penalty: points,
        weight: { type: 'number', minimum: 0 },
        points: { ...points, description: 'taken off: the penalty by its share of the weights that are known' },
        missing: { enum: ['too-few-samples', 'quality', 'security', null], description: 'why it is not known' },
        failedChecks: list(checkId),
        text,
      }),
    ),
    security: record(
      { findings: count, worst: { enum: [...severities, null] }, points, text },
      'what the worst security finding takes off',
    ),
  },
  'how well the network did, with everything the score is made of',
)
