import { reportSchema } from '@pcap-analyzer/report'
import { configSchema } from '../config/config-schema.ts'
import { cliReference } from './cli-reference.ts'

/** Files below docs/reference that are made from the command's own definitions. */
export function generatedFiles(): readonly { readonly path: string; readonly content: string }[] {
  return [
    { path: 'docs/reference/cli.md', content: cliReference() },
    { path: 'docs/reference/report.schema.json', content: `${JSON.stringify(reportSchema, null, 2)}\n` },
    { path: 'docs/reference/config.schema.json', content: `${JSON.stringify(configSchema(), null, 2)}\n` },
  ]
}
