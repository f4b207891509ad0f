import { phenomenonIds } from '@pcap-analyzer/engine'
import { capture } from './capture-schema.ts'
import { details } from './details-schema.ts'
import { finding } from './finding-schema.ts'
import { health } from './health-schema.ts'
import { provenance } from './provenance-schema.ts'
import { checkId, quality } from './quality-schema.ts'
import { count, list, record, recordWith, type Schema, text } from './schema-words.ts'
import { section } from './section-schema.ts'

/** JSON Schema (draft 2020-12) of the report. A change that breaks its readers gets a new version. */
export const reportSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:pcap-analyzer:report:1',
  title: 'pcap-analyzer-report/1',
  description:
    'What pcap-analyzer says of a capture. The same capture gives the same bytes. Text from the capture is data, never markup.',
  ...recordWith(['details', 'provenance'], {
    format: { const: 'pcap-analyzer-report/1' },
    engine: record({ name: { const: 'pcap-analyzer' }, version: text }),
    capture: { $ref: '#/$defs/capture' },
    quality: { $ref: '#/$defs/quality' },
    findings: list({ $ref: '#/$defs/finding' }, 'most costly first, then most severe; capped'),
    findingCount: count,
    notSeen: list(
      record({
        id: { enum: [...phenomenonIds] },
        of: count,
        isVisible: { type: 'boolean' },
        failedChecks: list(checkId),
        text,
      }),
      'the main phenomena without a finding, and whether they would have been seen',
    ),
    health: { $ref: '#/$defs/health' },
    sections: list({ $ref: '#/$defs/section' }),
    details: { $ref: '#/$defs/details' },
    provenance: { $ref: '#/$defs/provenance' },
  }),
  $defs: { capture, quality, health, finding, section, details, provenance },
}
