import { configKeys } from './config-keys.ts'

/** JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function configSchema(): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  const groups: Record<string, Record<string, unknown>> = {}
  for (const { path, description, schema } of configKeys) {
    const [group, name] = path.split('.')
    if (name === undefined) {
      properties[group] = { description, ...schema }
      continue
    }
    if (groups[group] === undefined) {
      groups[group] = {}
      properties[group] = { type: 'object', additionalProperties: false, properties: groups[group] }
    }
    groups[group][name] = { description, ...schema }
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:pcap-analyzer:config:1',
    title: 'pcap-analyzer configuration',
    type: ['object', 'null'],
    additionalProperties: false,
    properties,
  }
}
