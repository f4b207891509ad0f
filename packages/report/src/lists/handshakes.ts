import type { Value } from '@pcap-analyzer/engine'
import { endColumns, endsOf, type ListDefinition } from './list.ts'

const SYN = 0x02
const ACK = 0x10
const RST = 0x04

interface Opening {
  firstSynFrame: number
  firstSynNs: number
  syns: number
  synAckFrame: number
  synAckNs: number
  synAcks: number
  isRefused: boolean
}

/** Every TCP connection attempt. */
export const handshakes: ListDefinition = {
  id: 'handshakes',
  description: 'every TCP connection attempt: SYNs, SYN-ACKs, times, outcome',
  columns: [
    { key: 'stream', label: 'Stream', unit: 'stream' },
    ...endColumns,
    { key: 'firstSynFrame', label: 'First SYN', unit: 'frame' },
    { key: 'time', label: 'Time', unit: 'time' },
    { key: 'syns', label: 'SYNs', unit: 'count' },
    { key: 'synAckFrame', label: 'First SYN-ACK', unit: 'frame' },
    { key: 'synAcks', label: 'SYN-ACKs', unit: 'count' },
    { key: 'synToSynAckNs', label: 'First SYN to first SYN-ACK', unit: 'ns' },
    { key: 'initialRttNs', label: 'Initial RTT', unit: 'ns' },
    { key: 'outcome', label: 'Outcome', unit: 'text' },
  ],
  create: ({ take, time, flow: flowAt }) => {
    const openings = new Map<number, Opening>()
    return {
      remarkable: (segment, packet) => {
        const { tcpFlags } = segment
        const known = openings.get(segment.flow)
        if (tcpFlags & SYN && !(tcpFlags & ACK)) {
          if (known !== undefined) known.syns++
          else openings.set(segment.flow, newOpening(packet.number, packet.timeNs))
        } else if (known === undefined) return
        else if (tcpFlags & SYN) {
          known.synAcks++
          if (known.synAckFrame === 0) {
            known.synAckFrame = packet.number
            known.synAckNs = packet.timeNs
          }
        } else if (tcpFlags & RST && known.synAckFrame === 0) known.isRefused = true
      },
      flowEnd: ({ index }) => {
        const opening = openings.get(index)
        if (opening === undefined) return
        openings.delete(index)
        const flow = flowAt(index)
        const isComplete = flow.initialRttNs > 0
        const row: Value[] = [
          flow.number,
          ...endsOf(flow),
          opening.firstSynFrame,
          time(opening.firstSynNs),
          opening.syns,
          opening.synAckFrame || null,
          opening.synAcks,
          opening.synAckFrame === 0 ? null : opening.synAckNs - opening.firstSynNs,
          isComplete ? flow.initialRttNs : null,
          outcomeOf(opening, isComplete),
        ]
        take(row)
      },
    }
  },
}

function newOpening(frame: number, timeNs: number): Opening {
  return {
    firstSynFrame: frame,
    firstSynNs: timeNs,
    syns: 1,
    synAckFrame: 0,
    synAckNs: 0,
    synAcks: 0,
    isRefused: false,
  }
}

function outcomeOf(opening: Opening, isComplete: boolean): string {
  if (opening.synAckFrame !== 0) return isComplete ? 'completed' : 'answered, not completed'
  return opening.isRefused ? 'refused' : 'no answer'
}
