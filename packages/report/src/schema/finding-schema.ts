import { severities } from '@pcap-analyzer/engine'
import { count, countOrNull, list, record, type Schema, text } from './schema-words.ts'

export const view: Schema = {
  enum: ['tshark', 'ours', null],
  description: 'which of the two views of TCP the numbers are from; null where there is only one',
}

const values: Schema = {
  type: 'object',
  additionalProperties: { type: ['number', 'string'] },
  description: 'numbers and captured texts that the words are made of',
}

export const finding = record({
  kind: { ...text, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: 'the rule' },
  key: { ...text, description: 'stable identity: rule and subject' },
  severity: { enum: [...severities] },
  confidence: { enum: ['low', 'medium', 'high'] },
  summary: { ...text, minLength: 1, description: 'one sentence with the numbers in it' },
  values,
  samples: { ...countOrNull, description: 'of how many its shares, means or percentiles are' },
  costNs: { type: ['number', 'null'], minimum: 0, description: 'time it cost somebody; null when none can be counted' },
  evidence: record(
    { frames: list({ type: 'integer', minimum: 1 }), total: count },
    'frames that prove it: ascending and capped; total says how many there are',
  ),
  displayFilter: { ...text, minLength: 1, description: 'Wireshark display filter that selects exactly the evidence' },
  view,
  hypotheses: list(
    record({ id: text, statement: text, accepted: { type: 'boolean' }, because: text, values }),
    'explanations that were considered, and the number that decided',
  ),
  nextStep: text,
  needs: list(text, 'what the capture must have for the finding to hold'),
  limitedBy: list(text, 'why severity or confidence was lowered'),
  attack: list(text, 'techniques of MITRE ATT&CK, of security findings'),
  innocentExplanations: list(text, 'what else, harmless, looks like this'),
  confirmOrRefute: list(text, 'what would confirm or refute it'),
})
