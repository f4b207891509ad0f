import { configKeys } from './config-keys.ts'

type Schema = Record<string, unknown>

/** JSON Schema (draft 2020-12) of the configuration file, for editors. */
export function configSchema(): Schema {
  const properties: Schema = {}
  for (const { path, description, schema } of configKeys) {
    const names = path.split('.')
    const name = names.pop() ?? ''
    names.reduce(propertiesOf, properties)[name] = { description, ...schema }
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

/** The properties of a group within those it is in; makes the group if it is new. */
function propertiesOf(properties: Schema, group: string): Schema {
  properties[group] ??= { type: 'object', additionalProperties: false, properties: {} }
  return (properties[group] as { properties: Schema }).properties
}
