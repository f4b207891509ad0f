import { count, list, record, text } from './schema-words.ts'

export const provenance = record(
  {
    captures: list(
      record({ name: text, bytes: count, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } }),
      'the files as they are stored, in the order in which they were read',
    ),
    options: record({
      language: text,
      latencySeconds: { type: ['number', 'null'] },
      settings: {
        type: 'object',
        description: 'thresholds that are not the defaults',
        additionalProperties: { type: 'object', additionalProperties: { type: 'number' } },
      },
      limits: {
        type: 'object',
        description: 'limits that are not the defaults',
        additionalProperties: { type: 'number' },
      },
    }),
    rules: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of what judged' },
  },
  'what the report was made of and how; only in reports that are written to be handed on',
)
