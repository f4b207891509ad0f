import type { Connection } from './connection.ts'
import { headColumns, type LogColumn, type LogValue, secondsText } from './log-text.ts'

export const connColumns: readonly LogColumn[] = [
  ...headColumns,
  ['proto', 'enum'],
  ['service', 'string'],
  ['duration', 'interval'],
  ['orig_bytes', 'count'],
  ['resp_bytes', 'count'],
  ['conn_state', 'string'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
  ['missed_bytes', 'count'],
  ['history', 'string'],
  ['orig_pkts', 'count'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count'],
  ['resp_ip_bytes', 'count'],
  ['tunnel_parents', 'set[string]'],
  ['ip_proto', 'count'],
  ['community_id', 'string'],
]

/** A row of conn.log; `ts` is the absolute time of the first packet. */
export function connRow(connection: Connection, ts: string, community: string): LogValue[] {
  const [originator, responder] = connection.endpoints
  const isTcp = connection.kind === 'tcp'
  const hasSizes = connection.lastTimeNs > connection.firstTimeNs || connection.kind === 'tcp'
  const bytes = (side: typeof originator) => (isTcp ? side.streamBytes : side.payloadBytes)
  const [a, aPort, b, bPort] = connection.ends
  return [
    ts,
    connection.uid,
    a,
    aPort,
    b,
    bPort,
    connection.kind,
    connection.services.size === 0 ? null : [...connection.services].join(','),
    connection.lastTimeNs > connection.firstTimeNs ? secondsText(connection.lastTimeNs - connection.firstTimeNs) : null,
    hasSizes ? bytes(originator) : null,
    hasSizes ? bytes(responder) : null,
    connection.state,
    isLocal(a),
    isLocal(b),
    connection.missedBytes,
    connection.history === '' ? null : connection.history,
    originator.packets,
    originator.ipBytes,
    responder.packets,
    responder.ipBytes,
    null,
    connection.ipProtocol,
    community,
  ]
}

/** Zeek's default for local networks: those of private use (RFC 1918, 4193, 6598), link-local and loopback. */
function isLocal(address: string): boolean {
  return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe[89ab]|::1$)/i.test(
    address,
  )
}
