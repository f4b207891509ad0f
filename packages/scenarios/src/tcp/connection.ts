import type { Side } from '../network/path.ts'
import type { Simulation } from '../network/simulation.ts'
import type { TcpSocket } from './tcp-socket.ts'

/** One thing that a side says once it has heard all that was said before. */
export interface Turn {
  readonly from: Side
  readonly payload: Uint8Array
  /** Time that the side takes before: to think, to compute, to read. */
  readonly afterNs?: number
  /** Written in several parts, each in a segment of its own: sizes of all but the last. */
  readonly writes?: readonly number[]
}

/** Who ends the connection when all is said, how, and how much later. */
export interface Ending {
  readonly by: Side | 'nobody'
  readonly with?: 'fin' | 'reset'
  readonly afterNs?: number
}

/** The two sockets of a connection. */
export interface Connection {
  readonly client: TcpSocket
  readonly server: TcpSocket
}

/**
 * Connects, and lets the sides take turns. `onDone` is called after the last turn has been heard, or the handshake when there is none.
 */
export function converse(
  simulation: Simulation,
  { client, server }: Connection,
  turns: readonly Turn[],
  ending: Ending = { by: 'client' },
  onDone: () => void = () => {},
): void {
  const sockets = { client, server }
  const heard = { client: 0, server: 0 }
  let index = -1
  let due = 0
  const take = () => {
    const turn = turns[++index]
    if (turn === undefined) {
      onDone()
      finish()
      return
    }
    const listener = turn.from === 'client' ? 'server' : 'client'
    due = heard[listener] + turn.payload.length
    simulation.after(turn.afterNs ?? 0, () => write(sockets[turn.from], turn))
  }
  const finish = () => {
    const { by, with: how = 'fin', afterNs = 0 } = ending
    if (by === 'nobody') return
    simulation.after(afterNs, () => {
      if (sockets[by].state !== 'open') return
      if (how === 'reset') sockets[by].abort()
      else sockets[by].close()
    })
  }
  for (const side of ['client', 'server'] as const) {
    sockets[side].events.onRead = (bytes) => {
      heard[side] += bytes
      const turn = turns[index]
      if (turn !== undefined && turn.from !== side && heard[side] >= due) take()
    }
    sockets[side].events.onPeerClosed = () => sockets[side].close()
  }
  client.events.onConnected = take
  client.connect()
}

function write(socket: TcpSocket, { payload, writes = [] }: Turn): void {
  let start = 0
  for (const size of [...writes, payload.length]) {
    const end = Math.min(payload.length, start + size)
    if (end > start) socket.write(payload.subarray(start, end))
    start = end
  }
}
