import { escapeUnseen } from '@pcap-analyzer/viewer/format'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text for an attribute or an element of XML 1.0; what XML cannot hold, or a reader cannot see, is written as an escape. */
export function xmlText(text: string): string {
  return escapeUnseen(text).replace(/[&<>"']/g, (character) => ENTITIES[character])
}
