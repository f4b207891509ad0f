/**
 * What the time of a transaction is made of, in the order in which it passes. Together they are the whole time from the end of the
 * transaction before to the last byte of the response: nothing is left over and nothing counted twice.
 */
export const parts = [
  'dns',
  'connect',
  'tls',
  'clientThink',
  'request',
  'path',
  'server',
  'transfer',
  'retransmission',
  'zeroWindow',
] as const
export type Part = (typeof parts)[number]

export const DNS = 0
export const CONNECT = 1
export const TLS = 2
export const CLIENT_THINK = 3
export const REQUEST = 4
/** The round trip between the capture and the server, within the wait for the first byte. */
export const PATH = 5
export const SERVER = 6
export const TRANSFER = 7
export const RETRANSMISSION = 8
export const ZERO_WINDOW = 9

/** Whose time a part is. Transfers depend on all three: what limited them is judged with the windows. */
export type Owner = 'DNS' | 'network' | 'server' | 'client' | 'transfer'
export const owners: Readonly<Record<Part, Owner>> = {
  dns: 'DNS',
  connect: 'network',
  tls: 'network',
  clientThink: 'client',
  request: 'transfer',
  path: 'network',
  server: 'server',
  transfer: 'transfer',
  retransmission: 'network',
  zeroWindow: 'client',
}

export const partLabels: Readonly<Record<Part, string>> = {
  dns: 'DNS',
  connect: 'Connect',
  tls: 'TLS handshake',
  clientThink: 'Client thinks',
  request: 'Request',
  path: 'Round trip',
  server: 'Server thinks',
  transfer: 'Transfer',
  retransmission: 'Waits for retransmission',
  zeroWindow: 'Waits for a closed window',
}

export function newParts(): number[] {
  return parts.map(() => 0)
}

/** Time somebody waited: all but the client's own pauses. */
export function waitedNs(times: readonly number[]): number {
  let sum = 0
  for (let part = 0; part < times.length; part++) sum += times[part]
  return sum - times[CLIENT_THINK]
}
