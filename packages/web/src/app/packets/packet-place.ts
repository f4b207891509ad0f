import { useLocation, useRoute } from 'preact-iso/router'
import { columns, type PacketColumn, type Transport } from './answers.ts'

/** What the page of packets shows; all of it stands in its address. */
export interface PacketPlace {
  readonly filter: string
  readonly sort: PacketColumn
  readonly isDescending: boolean
  /** The frame that is taken apart; null for none. */
  readonly frame: number | null
  /** The stream that is followed; null for none. */
  readonly stream: readonly [Transport, number] | null
}

/** The address of a place. */
export function packetsAddress(taskId: string, place: Partial<PacketPlace>): string {
  const { filter = '', sort = 'number', isDescending = false, frame = null, stream = null } = place
  const query = new URLSearchParams()
  if (filter !== '') query.set('filter', filter)
  if (sort !== 'number') query.set('sort', sort)
  if (isDescending) query.set('order', 'desc')
  if (frame !== null) query.set('frame', String(frame))
  if (stream !== null) query.set('stream', stream.join('.'))
  const text = query.toString()
  return `/reports/${taskId}/packets${text === '' ? '' : `?${text}`}`
}

/** The place that the address names, and a way to another. */
export function usePacketPlace() {
  const { params } = useRoute()
  const { query, route } = useLocation()
  const taskId = params.id ?? ''
  const place: PacketPlace = {
    filter: query.filter ?? '',
    sort: columns.find((column) => column === query.sort) ?? 'number',
    isDescending: query.order === 'desc',
    frame: /^\d{1,9}$/.test(query.frame ?? '') ? Number(query.frame) : null,
    stream: streamOf(query.stream ?? ''),
  }
  /** Another filter is another step of the browser's history; the rest is not. */
  const go = (changes: Partial<PacketPlace>) =>
    route(packetsAddress(taskId, { ...place, ...changes }), changes.filter === undefined)
  return { taskId, place, go }
}

function streamOf(text: string): readonly [Transport, number] | null {
  const [, transport, number] = /^(tcp|udp)\.(\d{1,9})$/.exec(text) ?? []
  return transport === undefined ? null : [transport as Transport, Number(number)]
}
