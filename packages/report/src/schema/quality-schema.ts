import { checkIds, vantageBases } from '@pcap-analyzer/engine'
import { list, record, type Schema, text } from './schema-words.ts'

export const checkId: Schema = { enum: [...checkIds] }

export const quality = record(
  {
    verdict: { ...text, minLength: 1, description: 'one sentence' },
    vantagePoint: {
      enum: ['client', 'server', 'both', 'middle', 'unknown'],
      description: 'where it was taken: at the clients (initiators), the servers, hosts that are both, or in between',
    },
    vantageBasis: { enum: [...vantageBases], description: 'what tells it' },
    checks: list(
      record({
        id: checkId,
        ok: { type: ['boolean', 'null'], description: 'null where the capture gives no occasion to judge' },
        numbers: { type: 'object', additionalProperties: { type: 'number' } },
        text,
      }),
    ),
    advice: list(record({ check: checkId, text, commands: list(text) }), 'how to make a better capture'),
    withheld: list(
      record({ kind: text, key: text, because: list(text) }),
      'findings that are not told because the capture could not have shown the opposite',
    ),
  },
  'whether the capture can support what is concluded of it',
)
