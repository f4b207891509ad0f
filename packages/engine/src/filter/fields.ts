import type { Field } from './field.ts'
import { applicationFields } from './fields-of-applications.ts'
import { frameFields } from './fields-of-frames.ts'
import { packetFields } from './fields-of-packets.ts'
import { tcpFields } from './fields-of-tcp.ts'

/** Every field that a filter may name. */
export const filterFields: readonly Field[] = [...frameFields, ...packetFields, ...tcpFields, ...applicationFields]

const byName = new Map(filterFields.map((field) => [field.name, field]))
const aliases: Readonly<Record<string, string>> = {
  'bootp.option.dhcp': 'dhcp.option.dhcp',
  bootp: 'dhcp',
  'ssl.handshake.type': 'tls.handshake.type',
  ssl: 'tls',
  'ip.host': 'ip.addr',
  'tcp.flags.rst': 'tcp.flags.reset',
  'tcp.flags.psh': 'tcp.flags.push',
}

/** The field of a name; undefined when we have none. */
export function findField(name: string): Field | undefined {
  return byName.get(name)
}

/** Names of other versions or of habit, and what they are called here. */
export function otherName(name: string): string | undefined {
  return aliases[name]
}
