import type { Value } from '@pcap-analyzer/engine'
import type { Events, Flow } from '@pcap-analyzer/engine/observe'
import { endsOf, type ListContext } from './list.ts'

const MOST_STREAMS = 1 << 20
const nowhere: readonly Value[] = [null, null, null, null]

/** Which ends the streams have that messages name by number. Messages come right behind the packet that completes them, or later. */
export class StreamEnds {
  private readonly byStream = new Map<string, readonly Value[]>()
  private readonly context: ListContext
  private readonly flowOf: Record<'tcp' | 'udp', number> = { tcp: -1, udp: -1 }
  readonly on: Partial<Events> = {
    segment: (segment) => {
      this.flowOf.tcp = segment.flow
    },
    datagram: (_, flow) => {
      this.flowOf.udp = flow
    },
    flowEnd: (flow) => void this.byStream.delete(`${flow.transport} ${flow.number}`),
  }

  constructor(context: ListContext) {
    this.context = context
  }

  /** Ends of a stream as {@link endsOf} gives them; empty when its flow is gone. */
  of(transport: 'tcp' | 'udp', stream: number): readonly Value[] {
    const key = `${transport} ${stream}`
    const known = this.byStream.get(key)
    if (known !== undefined) return known
    const flow = this.current(transport, stream)
    if (flow === null) return nowhere
    const ends = endsOf(flow)
    if (this.byStream.size < MOST_STREAMS) this.byStream.set(key, ends)
    return ends
  }

  private current(transport: 'tcp' | 'udp', stream: number): Flow | null {
    const index = this.flowOf[transport]
    if (index < 0) return null
    const flow = this.context.flow(index)
    return flow.transport === transport && flow.number === stream ? flow : null
  }
}
